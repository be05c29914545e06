// The page at /docs: Scalar's reference, and a bar in which one signs in.
import {
  enter,
  enterCode,
  leave,
  renew,
  storedSession,
  storeSession,
  type Attempt,
  type Session,
} from './session.js';

/** The part of Scalar's interface that is used. */
interface Scalar {
  createApiReference(element: string, configuration: object): { updateConfiguration(next: object): void };
}

declare const Scalar: Scalar;

/** The access token is renewed this long before it expires, in milliseconds. */
const renewAheadMs = 60_000;
const retryMs = 10_000;

function configuration(session: Session | null): object {
  return {
    url: '/docs-json',
    pageTitle: 'Velro API',
    // Everything comes from this service: no fonts, no proxy, no assistant, no registry, no statistics of somebody else.
    withDefaultFonts: false,
    proxyUrl: '',
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: 'never',
    // It would keep what is typed, the operator's password too, in localStorage, which outlives the tab.
    persistAuth: false,
    defaultOpenAllTags: false,
    // Not to be confused with the models that paint.
    modelsSectionLabel: 'Schemas',
    documentDownloadType: 'json',
    authentication: {
      preferredSecurityScheme: 'accessToken',
      ...(session === null ? {} : { securitySchemes: { accessToken: { token: session.accessToken } } }),
    },
  };
}

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${id}`);
}

const [form, state, message] = [
  find('sign-in', HTMLFormElement),
  find('signed-in', HTMLElement),
  find('message', HTMLElement),
];
const [email, password, code] = ['email', 'password', 'code'].map((id) => find(id, HTMLInputElement)) as [
  HTMLInputElement,
  HTMLInputElement,
  HTMLInputElement,
];

let session = storedSession();
/** Set while a code of the second factor is asked for. */
let mfaToken: string | null = null;
let timer: number | undefined;
const reference = Scalar.createApiReference('#reference', configuration(session));

function show(): void {
  form.hidden = session !== null;
  state.hidden = session === null;
  find('who', HTMLElement).textContent = session?.email ?? '';
  code.hidden = mfaToken === null;
  code.required = mfaToken !== null;
  password.hidden = mfaToken !== null;
}

function take(next: Session | null): void {
  session = next;
  mfaToken = null;
  storeSession(next);
  reference.updateConfiguration(configuration(next));
  plan();
  show();
}

/** Renews the token before it expires; a session that ended meanwhile is forgotten. */
function plan(waitMs?: number): void {
  window.clearTimeout(timer);
  const current = session;
  if (current === null) return;
  const due = waitMs ?? Math.max(0, current.expiresAt - Date.now() - renewAheadMs);
  timer = window.setTimeout(() => {
    renew(current).then(
      (next) => {
        if (session === current) replace(next);
        // Signed out, or in as somebody else, meanwhile: what was renewed ends as well.
        else if (next !== null) end(next);
      },
      () => {
        if (session === current) plan(retryMs);
      },
    );
  }, due);
}

function replace(next: Session | null): void {
  if (next === null) message.textContent = 'The session has ended: sign in again.';
  take(next);
}

function end(ended: Session): void {
  leave(ended).catch(() => {
    message.textContent = 'The service did not answer: the session ends by itself.';
  });
}

function settle(attempt: Attempt): void {
  message.textContent = '';
  if (attempt.kind === 'signed-in') {
    form.reset();
    take(attempt.session);
  } else if (attempt.kind === 'code-needed') {
    ({ mfaToken } = attempt);
    message.textContent = 'Type a code of your authenticator app.';
  } else message.textContent = attempt.message;
  show();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const isNew = event.submitter?.id === 'register';
  const attempt =
    mfaToken === null
      ? enter(isNew ? '/register' : '/login', email.value, password.value)
      : enterCode(email.value, mfaToken, code.value);
  attempt.then(settle, () => {
    message.textContent = 'The service did not answer.';
  });
});

find('sign-out', HTMLButtonElement).addEventListener('click', () => {
  const ended = session;
  take(null);
  if (ended !== null) end(ended);
});

plan();
show();
