// SPDX-License-Identifier: MIT
// Owns which screen belongs to which address. Screens other than the list of routes are loaded when first needed.
import { ErrorBoundary, LocationProvider, Route, Router, lazy, useLocation } from "preact-iso";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { Home } from "./home/home";
import { signedOut } from "./lib/api";
import { navigate, setNavigator } from "./lib/nav";
import { DEVELOPMENT, homePath, readPlace, underOrg } from "./lib/place";
import { loadSession, rememberWanted, session, sessionError } from "./lib/session";
import { Frame } from "./shell/frame";
import { NotFound } from "./shell/not-found";
import { Button } from "./ui/button";
import { QuestionHost } from "./ui/dialog";
import { Notice } from "./ui/notice";

const RouteScreen = lazy(() => import("./run/route-screen"));
const HistoryList = lazy(() => import("./history/history-list"));
const HistoryDetail = lazy(() => import("./history/history-detail"));
const Keys = lazy(() => import("./keys/keys"));
const FunctionList = lazy(() => import("./functions/function-list"));
const FunctionDetail = lazy(() => import("./functions/function-detail"));
const CallList = lazy(() => import("./functions/call-list"));
const CallDetail = lazy(() => import("./functions/call-detail"));
const QueueList = lazy(() => import("./functions/queue-list"));
const FunctionKeys = lazy(() => import("./functions/key-list"));
const StageList = lazy(() => import("./deployments/stage-list"));
const StageDetail = lazy(() => import("./deployments/stage-detail"));
const Login = lazy(() => import("./login/login"));

function Redirect({ to }: { to: string }) {
    useEffect(() => void navigate(to, true), [to]);
    return null;
}

/** `/`, `/dashboard`, `/dashboard/<org>[+<env>]` and `/dashboard/<org>/develop` lead to the list of routes. */
function GoHome() {
    const { path } = useLocation();
    const now = session.value!;
    const org = now.organization.slug;
    const named = readPlace(path) ?? { org, env: "production", mode: "live" as const };
    const isConsole = now.mode === "dev" && named.env === "production";
    return <Redirect to={homePath(isConsole ? { org, env: DEVELOPMENT, mode: "console" } : named)} />;
}

function GoHistory() {
    const { path, url } = useLocation();
    return <Redirect to={path.replace(/transactions$/, "history") + new URL(url, location.origin).search} />;
}

function Screens() {
    return (
        <Frame>
            <Router>
                <Route path="/" component={GoHome} />
                <Route path="/dashboard" component={GoHome} />
                <Route path="/dashboard/:org" component={GoHome} />
                <Route path="/dashboard/:org/actions" component={Home} />
                <Route path="/dashboard/:org/develop" component={GoHome} />
                <Route path="/dashboard/:org/develop/console" component={GoHome} />
                <Route path="/dashboard/:org/develop/actions" component={Home} />
                <Route path="/dashboard/:org/develop/keys" component={Keys} />
                <Route path="/dashboard/:org/actions/:slug+" component={RouteScreen} />
                <Route path="/dashboard/:org/develop/actions/:slug+" component={RouteScreen} />
                <Route path="/dashboard/:org/functions" component={FunctionList} />
                <Route path="/dashboard/:org/develop/functions" component={FunctionList} />
                <Route path="/dashboard/:org/functions/:name+" component={FunctionDetail} />
                <Route path="/dashboard/:org/develop/functions/:name+" component={FunctionDetail} />
                <Route path="/dashboard/:org/calls" component={CallList} />
                <Route path="/dashboard/:org/develop/calls" component={CallList} />
                <Route path="/dashboard/:org/calls/:id" component={CallDetail} />
                <Route path="/dashboard/:org/develop/calls/:id" component={CallDetail} />
                <Route path="/dashboard/:org/queues" component={QueueList} />
                <Route path="/dashboard/:org/develop/queues" component={QueueList} />
                <Route path="/dashboard/:org/function-keys" component={FunctionKeys} />
                <Route path="/dashboard/:org/develop/function-keys" component={FunctionKeys} />
                <Route path="/dashboard/:org/deployments" component={StageList} />
                <Route path="/dashboard/:org/develop/deployments" component={StageList} />
                <Route path="/dashboard/:org/deployments/:service/:stage" component={StageDetail} />
                <Route path="/dashboard/:org/develop/deployments/:service/:stage" component={StageDetail} />
                <Route path="/dashboard/:org/transactions" component={GoHistory} />
                <Route path="/dashboard/:org/history" component={HistoryList} />
                <Route path="/dashboard/:org/transactions/:id" component={HistoryDetail} />
                <Route default component={NotFound} />
            </Router>
        </Frame>
    );
}

function Gate() {
    const { path, url, route } = useLocation();
    const atLogin = path === "/login";
    useEffect(() => {
        if (signedOut.value && !atLogin) {
            rememberWanted();
            route("/login", true);
        }
    }, [signedOut.value, atLogin]);
    if (atLogin) {
        return (
            <ErrorBoundary>
                <Login />
            </ErrorBoundary>
        );
    }
    if (session.value === null) {
        return sessionError.value === null ? null : (
            <main class="content">
                <Notice tone="danger" title={sessionError.value} role="alert" actions={<Button onClick={loadSession}>Try again</Button>} />
            </main>
        );
    }
    const moved = underOrg(path, session.value.organization.slug);
    return moved === null ? <Screens /> : <Redirect to={moved + new URL(url, location.origin).search} />;
}

function NavigatorBridge() {
    const { route } = useLocation();
    useLayoutEffect(() => setNavigator(route), [route]);
    return null;
}

export function App() {
    return (
        <LocationProvider scope={/(?!)/}>
            <NavigatorBridge />
            <Gate />
            <QuestionHost />
        </LocationProvider>
    );
}
