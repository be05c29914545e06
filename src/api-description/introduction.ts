/** The text at the head of the description, in Markdown. */
export const introduction = `Accounts, credits and AI generation.

**Signing in.** \`POST /auth/login\` answers with tokens, or with \`mfa_required: true\` and a token for
\`POST /auth/mfa/verify\`. The access token goes into the Authorization header; the refresh token is good for one refresh.

**Errors** are problem documents (RFC 9457) of one schema, \`Problem\`. Branch on \`code\`, which is stable.

**Limits** are told by \`RateLimit\` and \`RateLimit-Policy\`; 429 and 503 say in \`Retry-After\` how many seconds to wait.

**Pages** have \`data\` and \`next_cursor\`, which goes into \`cursor\` of the next request; null ends the list.

**Streams** of events are read with \`fetch\`, so that the token stays in its header; \`Last-Event-ID\` resumes one, and 204
says that it is over.`;
