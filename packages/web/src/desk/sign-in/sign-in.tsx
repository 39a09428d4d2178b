import "./sign-in.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { Logo } from "../../shared/logo.tsx";
import { DeskError, OIDC_START, signIn, signInWays, signInWithAClick } from "../api.ts";
import type { AccountView, SignInProblem, SignInWays } from "../wire.ts";

const PROBLEMS: Readonly<Record<SignInProblem, string>> = {
  oidc_unavailable: "The sign-in service cannot be reached right now. Try again, or use your password.",
  oidc_refused: "The sign-in was not finished. Try again.",
  oidc_no_email: "The sign-in service does not vouch for an e-mail address of yours.",
  unknown_account: "You have no account at this desk. Ask whoever runs it.",
};

/** What a sign-in by OpenID Connect came back with; it is not to stand in the address any longer. */
function problemOfAddress(): string {
  const problem = new URLSearchParams(location.search).get("problem");
  if (problem === null) return "";
  history.replaceState(null, "", location.pathname);
  return PROBLEMS[problem as SignInProblem] ?? PROBLEMS.oidc_refused;
}

export function SignIn(props: { wasInside: boolean; onEnter: (me: AccountView) => void }) {
  const [ways, setWays] = useState<SignInWays | null>(null);
  const [problem, setProblem] = useState(problemOfAddress);
  const [isBusy, setIsBusy] = useState(false);
  const login = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    signInWays().then(setWays, (error: DeskError) => setProblem(error.message));
    login.current?.focus();
  }, []);

  const enter = (way: () => Promise<AccountView>) => {
    setIsBusy(true);
    setProblem("");
    way()
      .then(props.onEnter)
      .catch((error: unknown) => {
        setIsBusy(false);
        setProblem(error instanceof DeskError ? error.message : String(error));
        if (password.current) password.current.value = "";
        password.current?.focus();
      });
  };
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <header>
          <Logo />
          <h1>Sign in to the desk</h1>
          <p class="quiet">Where people take conversations over.</p>
        </header>
        {props.wasInside && problem === "" && (
          <p class="banner warn" role="status">
            You have been signed out. What you had not sent is kept in this tab.
          </p>
        )}
        {problem !== "" && (
          <p class="banner bad" role="alert" id="sign-in-problem">
            {problem}
          </p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            enter(() => signIn(login.current?.value ?? "", password.current?.value ?? ""));
          }}
        >
          <label>
            Login or e-mail
            <input
              ref={login}
              class="input"
              name="login"
              autocomplete="username"
              autocapitalize="none"
              spellcheck={false}
              required
              aria-describedby={problem === "" ? undefined : "sign-in-problem"}
            />
          </label>
          <label>
            Password
            <input
              ref={password}
              class="input"
              name="password"
              type="password"
              autocomplete="current-password"
              required
            />
          </label>
          <button type="submit" class="button primary" disabled={isBusy}>
            Sign in
          </button>
        </form>
        {ways?.oidc && (
          <a class="button" href={OIDC_START}>
            {ways.oidc.label}
          </a>
        )}
        {ways !== null && ways.development.length > 0 && (
          <section class="sign-in-development">
            <h2>In development, with a click</h2>
            <ul>
              {ways.development.map(({ login: name, name: shown, role }) => (
                <li key={name}>
                  <button
                    type="button"
                    class="button"
                    disabled={isBusy}
                    onClick={() => enter(() => signInWithAClick(name))}
                  >
                    {shown}
                    <span class="quiet">{role}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </main>
  );
}
