// SPDX-License-Identifier: MIT
// Owns checking props against what a method expects: small combinators that return the value with defaults, or problems.

/** Checks `value`; adds "path: problem" lines to `problems` and returns the value to use. */
export type Shape<T> = (value: unknown, path: string, problems: string[]) => T;

function kindOf(value: unknown): string {
    return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function refuse(path: string, problems: string[], wanted: string, value: unknown): never[] {
    problems.push(`${path || "props"}: expected ${wanted}, found ${value === undefined ? "nothing" : kindOf(value)}`);
    return [];
}

function scalar<T>(wanted: string, test: (value: unknown) => value is T): Shape<T> {
    return (value, path, problems) => (test(value) ? value : (refuse(path, problems, wanted, value) as unknown as T));
}

export const text = scalar<string>("text", (v): v is string => typeof v === "string");
export const number = scalar<number>("a number", (v): v is number => typeof v === "number");
export const any: Shape<unknown> = (value) => value;

/** Python sends the default of a boolean as text. */
export const boolean: Shape<boolean> = (value, path, problems) => {
    if (value === "True" || value === "False") {
        return value === "True";
    }
    return typeof value === "boolean" ? value : (refuse(path, problems, "true or false", value) as unknown as boolean);
};

export function oneOf<const T extends string | number>(...choices: T[]): Shape<T> {
    return (value, path, problems) =>
        choices.includes(value as T) ? (value as T) : (refuse(path, problems, `one of ${choices.join(", ")}`, value) as unknown as T);
}

/** Missing and null both mean `fallback` (Python sends explicit nulls). */
export function or<T, D>(shape: Shape<T>, fallback: D): Shape<T | D> {
    return (value, path, problems) => (value === undefined || value === null ? fallback : shape(value, path, problems));
}

export const maybe = <T>(shape: Shape<T>): Shape<T | undefined> => or(shape, undefined);

export function list<T>(shape: Shape<T>): Shape<T[]> {
    return (value, path, problems) => {
        if (!Array.isArray(value)) {
            return refuse(path, problems, "a list", value);
        }
        return value.map((item, i) => shape(item, path === "" ? String(i) : `${path}.${i}`, problems));
    };
}

type Fields = Record<string, Shape<unknown>>;
type Built<F extends Fields> = { [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

/** Unknown keys are dropped. */
export function object<F extends Fields>(fields: F): Shape<Built<F>> {
    return (value, path, problems) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
            return refuse(path, problems, "an object", value) as unknown as Built<F>;
        }
        const out: Record<string, unknown> = {};
        for (const [key, shape] of Object.entries(fields)) {
            out[key] = shape((value as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`, problems);
        }
        return out as Built<F>;
    };
}

export type Infer<S> = S extends Shape<infer T> ? T : never;

export function check<T>(shape: Shape<T>, value: unknown): { value: T; problems: string[] } {
    const problems: string[] = [];
    return { value: shape(value, "", problems), problems };
}
