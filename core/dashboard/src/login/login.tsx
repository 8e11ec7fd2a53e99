// SPDX-License-Identifier: MIT
// Owns the sign-in page: address first, password second, and what is wrong if it fails.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, login } from "../lib/api";
import { navigate } from "../lib/nav";
import { loadSession, product, session, setTitle, takeWanted } from "../lib/session";
import { Button } from "../ui/button";
import "./login.css";

async function signIn(email: string, password: string): Promise<string | null> {
    try {
        if (!(await login(email, password))) {
            return "That email address and password do not match an account.";
        }
    } catch (error) {
        const wait = error instanceof ApiError ? error.retryAfterSeconds : null;
        return wait === null ? (error as Error).message : `Too many attempts. Try again in ${wait} seconds.`;
    }
    await loadSession();
    return null;
}

export default function Login() {
    const email = useSignal(new URLSearchParams(location.search).get("email") ?? "");
    const password = useSignal("");
    const step = useSignal<"email" | "password">("email");
    const error = useSignal<string | null>(null);
    const busy = useSignal(false);
    const field = useRef<HTMLInputElement>(null);
    useEffect(() => setTitle("Log in"), []);
    useEffect(() => {
        if (session.value !== null) {
            void navigate(takeWanted(), true);
        }
    }, [session.value]);
    useEffect(() => field.current?.focus(), [step.value]);
    const onSubmit = async (event: SubmitEvent) => {
        event.preventDefault();
        if (step.value === "email") {
            error.value = null;
            step.value = "password";
            return;
        }
        busy.value = true;
        error.value = await signIn(email.value.trim(), password.value);
        busy.value = false;
        field.current?.select();
    };
    const goBack = () => {
        error.value = null;
        password.value = "";
        step.value = "email";
    };
    const asksPassword = step.value === "password";
    return (
        <main class="login">
            <form class="login-box" onSubmit={onSubmit}>
                <div class="login-head">
                    <svg class="login-mark" viewBox="0 0 32 32" width="44" height="44" aria-hidden="true">
                        <rect width="32" height="32" rx="8" />
                        <path d="M9 10v12M23 10v12M14 16h4" />
                    </svg>
                    <p class="login-product">{product.value}</p>
                    <h1>Welcome back</h1>
                </div>
                <label class="login-field">
                    <span>Email address</span>
                    <input
                        ref={asksPassword ? undefined : field}
                        class="input"
                        type="email"
                        name="email"
                        autocomplete="username"
                        required
                        readOnly={asksPassword}
                        value={email.value}
                        onInput={(event) => (email.value = event.currentTarget.value)}
                    />
                </label>
                {asksPassword && (
                    <label class="login-field">
                        <span>Password</span>
                        <input
                            ref={field}
                            class="input"
                            type="password"
                            name="password"
                            autocomplete="current-password"
                            required
                            aria-invalid={error.value !== null}
                            aria-describedby={error.value === null ? undefined : "login-error"}
                            value={password.value}
                            onInput={(event) => (password.value = event.currentTarget.value)}
                        />
                    </label>
                )}
                {error.value !== null && (
                    <p class="login-error" id="login-error" role="alert">
                        {error.value}
                    </p>
                )}
                <Button look="primary" type="submit" busy={busy.value} disabled={busy.value}>
                    {asksPassword ? "Log in" : "Continue"}
                </Button>
                {asksPassword && (
                    <Button look="quiet" onClick={goBack}>
                        Go back
                    </Button>
                )}
            </form>
        </main>
    );
}
