// SPDX-License-Identifier: MIT
// Owns DISPLAY_OBJECT.
import { defineMethod } from "../forms/method";
import { any, type Infer, object } from "../forms/shape";
import { ObjectTree } from "../ui/object-tree";

const shape = object({ data: any });

export const displayObject = defineMethod<Infer<typeof shape>>({
    shape,
    View: ({ label, props }) => <ObjectTree label={label} value={props.data} />,
    display: true,
});
