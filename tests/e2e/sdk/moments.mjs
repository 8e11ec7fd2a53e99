// SPDX-License-Identifier: MIT
// Dates, times of day, both; yes and no.
import { isAtLeast } from "./version.mjs";

export function actions({ version }) {
    const of = (io) => (isAtLeast(version, "0.38.0") ? io.input : io.experimental);
    return {
        async date(io) {
            const day = await of(io).date("Day", { min: { year: 2000, month: 1, day: 1 }, max: { year: 2022, month: 12, day: 30 } });
            return { year: day.year, month: day.month, day: day.day };
        },
        async time(io) {
            const { hour, minute } = await of(io).time("Time", { min: { hour: 8, minute: 30 }, max: { hour: 20, minute: 0 } });
            return { hour, minute };
        },
        async datetime(io) {
            const at = await of(io).datetime("Both");
            return { at: `${at.year}/${at.month}/${at.day} ${at.hour}:${at.minute}` };
        },
        async confirm(io) {
            const first = await io.confirm("Delete everything?", { helpText: "There is no way back" });
            const second = await io.confirm("Really?");
            return { first, second };
        },
        ...(isAtLeast(version, "0.38.0") && {
            async identity(io) {
                return { isConfirmed: await io.confirmIdentity("Pay out") };
            },
            async declined(io) {
                return { isConfirmed: await io.confirmIdentity("Pay out again", { gracePeriodMs: 0 }) };
            },
        }),
    };
}

export const journeys = {
    async date(me) {
        await me.open("date");
        await closeCalendar(me); // the first field of a form gets the focus
        await me.press();
        await me.told("This field is required.");
        await pickDate(me, "02/30/2022");
        await me.press();
        await me.told("This field is required."); // there is no such day, so the box was emptied
        await pickDate(me, "02/25/2023");
        await me.press();
        await me.told("Please enter a date between January 1, 2000 and December 30, 2022.");
        await pickDate(me, "02/25/2022");
        await me.press();
        await me.ended("Completed", "year2,022", "month2", "day25");
    },

    async time(me) {
        await me.open("time");
        await me.press();
        await me.told("This field is required.");
        await setTime(me, "8", "0", "am");
        await me.press();
        await me.told("Please enter a time between 8:30 AM and 8:00 PM.");
        await setTime(me, "1", "5", "pm");
        await me.press();
        await me.ended("Completed", "hour13", "minute5");
    },

    async datetime(me) {
        await me.open("datetime");
        await me.press();
        await me.told("This field is required.");
        await pickDate(me, "12/31/2024");
        await me.press();
        await me.page.locator("[data-pw='field-error']").first().waitFor(); // a day alone is no moment
        await me.page.locator(".flatpickr-day").first().waitFor(); // the box has the focus, and its calendar lies over the button
        await me.page.keyboard.press("Escape");
        await setTime(me, "12", "59", "am");
        await me.press();
        await me.ended("Completed", "at2024/12/31 0:59");
    },

    async confirm(me) {
        await me.open("confirm");
        await me.see("There is no way back");
        await me.confirm();
        await me.see("Really?");
        await me.page.locator("[data-io-confirm] button", { hasText: "Cancel" }).click();
        await me.ended("Completed", "firsttrue", "secondfalse");
    },

    async identity(me) {
        await me.open("identity");
        await me.see("Please confirm your identity to continue");
        await me.page.locator("[data-iv-dialog] button", { hasText: "Verify" }).click();
        await me.ended("Completed", "isConfirmedtrue");
    },

    async declined(me) {
        await me.open("declined");
        await me.see("Please confirm your identity to continue");
        await me.page.keyboard.press("Escape"); // it cannot be passed over
        await me.page.locator("[data-iv-dialog] button", { hasText: "Cancel" }).click();
        await me.ended("Completed", "isConfirmedfalse");
    },
};

async function pickDate(me, text) {
    await dateBox(me).fill(text);
    await closeCalendar(me);
}

const dateBox = (me) => me.page.locator(".iv-datepicker input[type='text']").last();

/** It opens with the focus, over the button. */
async function closeCalendar(me) {
    const day = me.page.locator(".flatpickr-day").first();
    await day.waitFor();
    await dateBox(me).press("Escape");
    await dateBox(me).blur(); // what has the focus may open again
    await day.waitFor({ state: "hidden" });
}

async function setTime(me, hour, minute, half) {
    const selects = me.page.locator(".iv-datepicker select");
    const from = (await selects.count()) - 3;
    for (const [i, value] of [hour, minute, half].entries()) {
        await selects.nth(from + i).selectOption(value);
    }
}
