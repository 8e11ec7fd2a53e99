// SPDX-License-Identifier: MIT
// Owns a block of code with its name, colours and the buttons to copy and download it.
import { CopyButton, fileName, saveFile } from "./copy";
import { languageOf, tokenize } from "./highlight";
import { IconButton } from "./button";

const EXTENSIONS: Record<string, string> = {
    c: "c",
    cpp: "cpp",
    go: "go",
    java: "java",
    javascript: "js",
    json: "json",
    python: "py",
    rust: "rs",
    shell: "sh",
    sql: "sql",
    yaml: "yaml",
};

interface CodeProps {
    code: string;
    language?: string | null;
    /** Shown above the block, and the name of the download. */
    name?: string;
    /** What is copied and saved, where it differs from what may be seen. */
    copied?: string;
    /** The name of the download, where `name` is none for a file. */
    file?: string;
}

export function CodeBlock({ code, language, name, copied = code, file }: CodeProps) {
    const known = languageOf(code, language);
    const download = file ?? (name?.includes(".") ? name.split("/").pop()! : fileName(name ?? "code", EXTENSIONS[known] ?? "txt"));
    return (
        <figure class="code-block">
            <figcaption>
                <span class="truncate grow">{name ?? language ?? ""}</span>
                <CopyButton bare text={copied} label="Copy" />
                <IconButton icon="download" label="Download" onClick={() => saveFile(download, "text/plain", copied)} />
            </figcaption>
            <pre tabIndex={0} role="group" aria-label={name ?? "Code"}>
                <code>
                    {tokenize(code, language).map((token, i) =>
                        token.kind === "plain" ? (
                            token.text
                        ) : (
                            <span key={i} class={`token-${token.kind}`}>
                                {token.text}
                            </span>
                        ),
                    )}
                </code>
            </pre>
        </figure>
    );
}
