// SPDX-License-Identifier: MIT
// Owns the screen for addresses that lead nowhere.
import { homePath } from "../lib/place";
import { place, setTitle } from "../lib/session";
import { LinkButton } from "../ui/button";
import { Empty } from "../ui/notice";

export function NotFound({ what = "Page" }: { what?: string }) {
    setTitle(`${what} not found`);
    return (
        <Empty icon="search" title={`${what} not found`}>
            <p>Nothing is registered at this address in this environment. It may have been renamed, or its file was removed.</p>
            <LinkButton href={place.value.org === "" ? "/dashboard" : homePath(place.value)}>Return home</LinkButton>
        </Empty>
    );
}
