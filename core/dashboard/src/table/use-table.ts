// SPDX-License-Identifier: MIT
// Owns keeping a table model in step with its field: renders of the host, and requests that failed.
import { useEffect, useRef } from "preact/hooks";
import type { Field } from "../forms/field";
import type { TableModel } from "./model";
import type { TableProps } from "./schema";

export function useTable(field: Field, model: TableModel, props: TableProps, onRender?: () => unknown): void {
    const renders = field.renders.value;
    const drawn = useRef(renders);
    useEffect(() => {
        if (drawn.current !== renders) {
            drawn.current = renders;
            model.update(props);
            onRender?.();
        }
    }, [renders]);
    const waiting = field.waiting.value;
    useEffect(() => {
        // A render that is not drawn yet is an answer, not a failure.
        if (!field.waiting.peek() && drawn.current === field.renders.peek()) {
            model.stopWaiting();
        }
    }, [waiting, renders]);
}
