// SPDX-License-Identifier: MIT
// Owns a small highlighter: comments, strings, numbers and keywords of common languages. It is a reading aid, not a parser.

export type TokenKind = "plain" | "comment" | "string" | "number" | "keyword";
export interface Token {
    kind: TokenKind;
    text: string;
}

const C_LIKE =
    "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false NULL";
const JS =
    "async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield interface type enum implements readonly as";
const PYTHON =
    "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield";
const SHELL = "if then else elif fi for in do done case esac while until function return export local set echo cd exit";
const SQL =
    "select from where insert into values update set delete create table index primary key not null unique join left right inner outer on group by order having limit offset as and or distinct case when then else end returning";
const GO = "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false";

const KEYWORDS: Record<string, string> = {
    c: C_LIKE,
    cpp: `${C_LIKE} class namespace new delete template public private protected virtual using this nullptr try catch throw`,
    go: GO,
    java: `${JS} public private protected int long boolean final abstract`,
    javascript: JS,
    json: "true false null",
    python: PYTHON,
    rust: "as break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while async await",
    shell: SHELL,
    sql: SQL,
    text: "",
    yaml: "true false null yes no",
};
const ALIASES: Record<string, string> = {
    js: "javascript",
    jsx: "javascript",
    ts: "javascript",
    tsx: "javascript",
    typescript: "javascript",
    py: "python",
    rs: "rust",
    sh: "shell",
    bash: "shell",
    console: "shell",
    zsh: "shell",
    yml: "yaml",
    "c++": "cpp",
    h: "c",
};
const HASH_COMMENTS = new Set(["python", "shell", "yaml"]);

function detect(code: string): string {
    if (/^\s*[[{]/.test(code) && /"\s*:/.test(code)) {
        return "json";
    }
    if (/^\s*#include\b|\bint main\b/m.test(code)) {
        return "c";
    }
    if (/^\s*(def|from|import) \w+.*$/m.test(code) && /:\s*$/m.test(code)) {
        return "python";
    }
    if (/^\s*(select|insert|update|create table)\b/im.test(code)) {
        return "sql";
    }
    return "javascript";
}

export function languageOf(code: string, language: string | undefined | null): string {
    const name = (language ?? "").toLowerCase();
    const known = ALIASES[name] ?? name;
    return known in KEYWORDS ? known : detect(code);
}

function patternFor(language: string): RegExp {
    const comment = HASH_COMMENTS.has(language) ? "#[^\\n]*" : language === "sql" ? "--[^\\n]*" : "//[^\\n]*|/\\*[\\s\\S]*?(?:\\*/|$)";
    const text = "\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?|`(?:\\\\.|[^`\\\\])*`?";
    return new RegExp(`(${comment})|(${text})|(\\b\\d[\\w.]*)|([A-Za-z_]\\w*)`, "g");
}

/** Cuts code into tokens; joined together they are exactly the code. */
export function tokenize(code: string, language: string | undefined | null): Token[] {
    const name = languageOf(code, language);
    if (name === "text") {
        return [{ kind: "plain", text: code }];
    }
    const keywords = new Set(KEYWORDS[name]!.split(" "));
    const tokens: Token[] = [];
    let at = 0;
    const push = (kind: TokenKind, text: string) => {
        const last = tokens[tokens.length - 1];
        if (last?.kind === kind) {
            last.text += text;
        } else if (text !== "") {
            tokens.push({ kind, text });
        }
    };
    for (const match of code.matchAll(patternFor(name))) {
        push("plain", code.slice(at, match.index));
        const [text, comment, string, number, word] = match;
        const isKeyword = word !== undefined && keywords.has(name === "sql" ? word.toLowerCase() : word);
        push(comment ? "comment" : string ? "string" : number ? "number" : isKeyword ? "keyword" : "plain", text);
        at = match.index + text.length;
    }
    push("plain", code.slice(at));
    return tokens;
}
