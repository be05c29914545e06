/** The page at `/docs`. Its scripts are files below `folder`: the policy of the page allows none in its text. */
export const pageHtml = (folder: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Velro API</title>
<link rel="icon" href="data:,">
<style>
:root { --scalar-custom-header-height: 48px; }
body { margin: 0; }
#bar { position: sticky; top: 0; z-index: 100; box-sizing: border-box; min-height: 48px; padding: 0 16px;
  display: flex; flex-wrap: wrap; align-items: center; gap: 12px; font: 14px/1.4 system-ui, sans-serif;
  color: var(--scalar-color-1); background: var(--scalar-background-1); border-bottom: 1px solid var(--scalar-border-color); }
#bar form, #signed-in { display: flex; align-items: center; gap: 8px; }
#bar [hidden] { display: none; }
#bar input, #bar button { font: inherit; padding: 4px 8px; color: inherit; background: var(--scalar-background-2);
  border: 1px solid var(--scalar-border-color); border-radius: 4px; }
#bar button { cursor: pointer; }
#bar a { margin-left: auto; color: inherit; }
#bar details { margin-right: 32px; position: relative; color: var(--scalar-color-2); }
#bar details p { position: absolute; right: 0; width: 360px; padding: 12px; margin: 8px 0 0; color: var(--scalar-color-1);
  background: var(--scalar-background-1); border: 1px solid var(--scalar-border-color); border-radius: 4px; }
</style>
</head>
<body>
<header id="bar">
<strong>Velro API</strong>
<form id="sign-in">
<input id="email" type="email" placeholder="e-mail address" aria-label="e-mail address" autocomplete="username" required>
<input id="password" type="password" placeholder="password" aria-label="password" autocomplete="current-password">
<input id="code" inputmode="numeric" placeholder="code" aria-label="code" autocomplete="one-time-code" hidden>
<button id="login">Sign in</button>
<button id="register">Sign up</button>
</form>
<div id="signed-in" hidden><span>Signed in as <b id="who"></b></span><button id="sign-out" type="button">Sign out</button></div>
<span id="message" role="status"></span>
<a href="/docs/errors">Errors</a>
<details>
<summary>What this page stores</summary>
<p>Your e-mail address and the two tokens of this sign-in, in the sessionStorage of this tab: they survive a reload and end
with the tab or when you sign out. Your password is not stored. What you type into the fields of the reference itself (an API key,
the operator's password) is held in memory until you reload. localStorage has your choice of colours and of the language of
samples. Nothing is sent to another host.</p>
</details>
</header>
<main id="reference"></main>
<script src="${folder}/scalar.js"></script>
<script type="module" src="${folder}/page.js"></script>
</body>
</html>
`;
