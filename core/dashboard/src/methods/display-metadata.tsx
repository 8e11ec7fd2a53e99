// SPDX-License-Identifier: MIT
// Owns DISPLAY_METADATA: labelled values as grid, list or cards.
import { defineMethod, type ViewProps } from "../forms/method";
import { image, link } from "../forms/shared-shapes";
import { any, type Infer, list, maybe, object, oneOf, or, text } from "../forms/shape";
import { Notice } from "../ui/notice";
import { isRich, LinkTo, Value } from "../ui/value";
import { sizeClass } from "../ui/picture";

const item = object({ label: text, value: any, error: maybe(text), image: maybe(image), ...link });
type Item = Infer<typeof item>;
const shape = object({ data: list(item), layout: or(oneOf("grid", "list", "card"), "grid") });
type Props = Infer<typeof shape>;

function ItemValue({ of }: { of: Item }) {
    const value = isRich(of.value) ? of.value.label : of.value;
    if (of.image?.url) {
        return (
            <LinkTo link={of}>
                <figure class="value-figure">
                    <img class={sizeClass(of.image)} src={of.image.url} alt={of.image.alt ?? ""} />
                    {value !== undefined && value !== null && (
                        <figcaption>
                            <Value value={value} />
                        </figcaption>
                    )}
                </figure>
            </LinkTo>
        );
    }
    if (value === undefined) {
        return <span class="skeleton" role="img" aria-label="Loading" />;
    }
    if (value === "") {
        return <span>&nbsp;</span>;
    }
    const hasLink = Boolean(of.route ?? of.action ?? of.url ?? of.href);
    return hasLink ? <LinkTo link={of}>{typeof value === "string" ? value : <Value value={value} />}</LinkTo> : <Value value={value} />;
}

export function MetadataView({ label, data, layout }: { label: string; data: Item[]; layout: Props["layout"] }) {
    const columns = Math.min(4, Math.max(2, data.length === 4 ? 4 : data.length % 3 === 0 ? 3 : data.length));
    return (
        <>
            {label && <h4 class="display-label">{label}</h4>}
            <dl class={`metadata metadata-${layout} metadata-columns-${columns}`}>
                {data.map((of, i) => (
                    <div key={i}>
                        <dt>{of.label}</dt>
                        <dd>
                            <span>
                                {of.error && layout === "card" ? <Notice tone="danger">{of.error}</Notice> : <ItemValue of={of} />}
                            </span>
                        </dd>
                    </div>
                ))}
            </dl>
        </>
    );
}

export const displayMetadata = defineMethod<Props>({
    shape,
    View: ({ label, props }: ViewProps<Props>) => <MetadataView label={label} data={props.data} layout={props.layout} />,
    display: true,
});
