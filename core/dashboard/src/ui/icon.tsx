// SPDX-License-Identifier: MIT
// Owns the icons: one stroke path each on a 24 x 24 grid. They are decoration; names for screen readers belong to the control.

const PATHS = {
    alert: "M12 8v5M12 16.5v.5M10.3 3.9 2.4 17.6A2 2 0 0 0 4.1 20.5h15.8a2 2 0 0 0 1.7-2.9L13.7 3.9a2 2 0 0 0-3.4 0z",
    arrowDown: "M12 5v14M6 13l6 6 6-6",
    arrowUp: "M12 19V5M6 11l6-6 6 6",
    back: "M19 12H5M11 6l-6 6 6 6",
    bolt: "M13 2.5 4.5 13.5H11l-1 8 8.5-11H12z",
    calendar: "M4 6.5a1.5 1.5 0 0 1 1.5-1.5h13A1.5 1.5 0 0 1 20 6.5v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5zM4 10h16M8.5 3v4M15.5 3v4",
    check: "M5 12.5l4.5 4.5L19 7.5",
    chevronDown: "M6 9.5l6 6 6-6",
    chevronLeft: "M14.5 6l-6 6 6 6",
    chevronRight: "M9.5 6l6 6-6 6",
    clock: "M12 7v5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    close: "M6 6l12 12M18 6L6 18",
    code: "M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5",
    copy: "M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9z",
    dots: "M5 12h.01M12 12h.01M19 12h.01",
    download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
    external: "M14 4h6v6M20 4l-9 9M18 14v4.5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 4 18.5v-11A1.5 1.5 0 0 1 5.5 6H10",
    file: "M13.5 3.5H7A1.5 1.5 0 0 0 5.5 5v14A1.5 1.5 0 0 0 7 20.5h10a1.5 1.5 0 0 0 1.5-1.5V8.5zM13.5 3.5v5h5",
    folder: "M3.5 7A1.5 1.5 0 0 1 5 5.5h4l2 2.5h8A1.5 1.5 0 0 1 20.5 9.5v8A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5z",
    gear: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19.4 13.5l1.6 1.2-1.8 3.1-1.9-.7a7.6 7.6 0 0 1-2.3 1.3l-.3 2h-3.6l-.3-2a7.6 7.6 0 0 1-2.2-1.3l-1.9.7-1.8-3.1 1.6-1.2a7.7 7.7 0 0 1 0-2.900L4.9 9.300l1.8-3.1 1.9.7a7.6 7.6 0 0 1 2.2-1.300l.3-2h3.600l.3 2a7.6 7.6 0 0 1 2.3 1.300l1.9-.7 1.8 3.1-1.6 1.200a7.7 7.7 0 0 1 0 3z",
    grid: "M4.5 4.500h6v6h-6zM13.5 4.500h6v6h-6zM4.5 13.500h6v6h-6zM13.5 13.500h6v6h-6z",
    history: "M3.5 12a8.5 8.5 0 1 0 2.6-6.100L3.5 8.500M3.5 4v4.500H8M12 7.500V12l3 2",
    info: "M12 11v5.500M12 7.500v.5M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    key: "M14.5 9.500a4.5 4.5 0 1 0-3.7 4.400L13 16h2.500v2.500H18V21h3v-3l-6.7-6.700z",
    link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1-1",
    list: "M8.5 6.500H20M8.5 12H20M8.5 17.500H20M4 6.500h.01M4 12h.01M4 17.500h.01",
    logout: "M14 4.500h4A1.5 1.5 0 0 1 19.5 6v12a1.5 1.5 0 0 1-1.5 1.500h-4M10 8l-4 4 4 4M6 12h9",
    menu: "M4 7h16M4 12h16M4 17h16",
    moon: "M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500z",
    page: "M6.5 3.500h7l4.5 4.500v12.500h-11.500zM13.5 3.500V8H18",
    play: "M7.5 5v14l11-7z",
    plus: "M12 5v14M5 12h14",
    refresh: "M20 12a8 8 0 1 1-2.3-5.700L20 8.500M20 4v4.500h-4.5",
    search: "M20 20l-4.5-4.500M17 10.500a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0z",
    stop: "M7 7h10v10H7z",
    sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M4.5 12h-2M21.5 12h-2M6.7 6.7 5.3 5.300M18.7 18.700l-1.4-1.400M6.7 17.300l-1.4 1.400M18.7 5.300l-1.4 1.4",
    shield: "M12 3.5 5 6v5.500c0 4.300 3 7.600 7 9 4-1.400 7-4.700 7-9V6zM9 12l2.200 2.200L15 10.500",
    trash: "M4.5 7h15M9.5 7V4.500h5V7M6.5 7l.8 12.500h9.400L17.5 7M10 11v5M14 11v5",
    upload: "M12 15V4M7 8.500l5-5 5 5M5 20h14",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
    return (
        <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={PATHS[name]} stroke-width={name === "dots" ? 3 : undefined} />
        </svg>
    );
}
