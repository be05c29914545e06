// A social sign-in: supabase-js brings the person back from the provider with a session of Supabase, which is exchanged for one of
// Velro. For a page that is built by a bundler, with a Supabase project (the embedded default of `npm start` has no social logins).
//
//   const velro = createClient({ baseUrl, store: indexedStore(indexedDB) });        // @velro/client
//   const supabase = createClient(supabaseUrl, publishableKey);                    // @supabase/supabase-js
//   button.onclick = () => startSignIn(supabase, 'google');
//   const outcome = await finishSignIn(supabase, velro);                           // when the page loads

/** Leaves the page for that of the provider, which comes back to this one. */
export async function startSignIn(supabase, provider) {
  const { error } = await supabase.auth.signInWithOAuth({ provider, options: { redirectTo: location.href } });
  if (error !== null) throw error;
}

/**
 * Exchanges the session that the provider has brought back. Resolves with null where there is none, with `{ user }` once somebody
 * is signed in, and with `{ verify }` where a second factor is asked for: call `verify(code)`.
 */
export async function finishSignIn(supabase, velro) {
  const { data, error } = await supabase.auth.getSession();
  if (error !== null) throw error;
  if (data.session === null) return null;
  const answer = await velro.POST('/api/v1/auth/exchange', {
    body: { supabase_access_token: data.session.access_token },
  });
  // Velro's tokens are used from here on; Supabase's would only lie in the browser.
  await supabase.auth.signOut({ scope: 'local' });
  const { user, mfa_required, mfa_token } = answer.data;
  if (!mfa_required) return { user };
  return {
    verify: async (code) =>
      (await velro.POST('/api/v1/auth/mfa/verify', { body: { mfa_token, code } })).data.user,
  };
}
