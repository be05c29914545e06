/** `title` and `detail` are all that a client learns outside development; both are fixed per code. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** Every error that leaves the service. A code is stable: clients branch on it. */
export const catalogue = {
  bad_request: { status: 400, title: 'Bad request', detail: 'The request cannot be understood.' },
  host_missing: {
    status: 400,
    title: 'Host missing',
    detail: 'A request needs exactly one valid Host header.',
  },
  url_invalid: { status: 400, title: 'URL invalid', detail: 'The URL is not validly encoded.' },
  query_invalid: {
    status: 400,
    title: 'Query invalid',
    detail: 'A query parameter stands there twice, has a forbidden name, or there are too many.',
  },
  method_override_refused: {
    status: 400,
    title: 'Method override refused',
    detail: 'The method of a request is the one in its first line.',
  },
  json_invalid: { status: 400, title: 'JSON invalid', detail: 'The body is not valid JSON.' },
  json_too_complex: {
    status: 400,
    title: 'JSON too complex',
    detail:
      'The body is nested too deeply, has too many values, or holds a NUL character or a forbidden key.',
  },
  idempotency_key_invalid: {
    status: 400,
    title: 'Idempotency key invalid',
    detail: 'An Idempotency-Key has 1 to 255 visible ASCII characters.',
  },
  switch_invalid: {
    status: 400,
    title: 'Switch invalid',
    detail: 'The body is exactly {"enabled": true} or {"enabled": false}. Nothing was changed.',
  },
  signature_missing: {
    status: 400,
    title: 'Signature missing',
    detail: 'A call to this route carries the signature headers of its sender.',
  },
  multipart_invalid: {
    status: 400,
    title: 'Multipart body invalid',
    detail: 'The multipart body is cut off, malformed, or has a part too many.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    detail: 'Some fields are missing, unknown or out of bounds; `errors` lists them.',
  },
  credentials_invalid: {
    status: 401,
    title: 'Credentials invalid',
    detail: 'The e-mail address or the password is wrong.',
  },
  token_missing: {
    status: 401,
    title: 'Token missing',
    detail: 'This route needs an access token in the Authorization header.',
  },
  token_invalid: {
    status: 401,
    title: 'Token invalid',
    detail: 'The access token or API key is malformed, expired, revoked or not ours.',
  },
  operator_credentials_invalid: {
    status: 401,
    title: 'Operator credentials invalid',
    detail: 'This route needs the credentials of the operator.',
  },
  exchange_refused: {
    status: 401,
    title: 'Exchange refused',
    detail: 'The token is not a living one of a social or link login of this project.',
  },
  refresh_token_invalid: {
    status: 401,
    title: 'Refresh token invalid',
    detail: 'The refresh token is unknown, expired, used or revoked: sign in again.',
  },
  mfa_token_invalid: {
    status: 401,
    title: 'MFA token invalid',
    detail: 'The MFA token is expired, used or not ours: sign in again.',
  },
  mfa_code_invalid: {
    status: 401,
    title: 'MFA code invalid',
    detail: 'The code is wrong, out of its time or used: take the next one.',
  },
  step_up_required: {
    status: 401,
    title: 'Step-up required',
    detail: 'This route needs a proof of identity from the last minutes: get one from /auth/step-up.',
  },
  credits_insufficient: {
    status: 402,
    title: 'Credits insufficient',
    detail: 'The balance does not cover the cost of this generation.',
  },
  forbidden: { status: 403, title: 'Forbidden', detail: 'Your role does not allow this.' },
  scope_missing: {
    status: 403,
    title: 'Scope missing',
    detail: 'This API key may not do this, or no key may: make one with the scope, or sign in.',
  },
  address_blocked: {
    status: 403,
    title: 'Address blocked',
    detail: 'Too much that looks like an attack came from this address: Retry-After says when it ends.',
  },
  cross_site_refused: {
    status: 403,
    title: 'Cross-site request refused',
    detail: 'Another site began this request: the routes of the operator are called from nowhere else.',
  },
  https_required: {
    status: 403,
    title: 'HTTPS required',
    detail: 'This came in clear, and whatever it carried has been seen: use https, and change what was sent.',
  },
  link_used: {
    status: 403,
    title: 'Link used',
    detail: 'The link of the mail has been used, has expired, or was never one: ask for a new one.',
  },
  link_invalid: {
    status: 403,
    title: 'Link invalid',
    detail: 'The signed link has expired or was changed: ask for a new one.',
  },
  signature_invalid: {
    status: 403,
    title: 'Signature invalid',
    detail: 'The signature is not that of the sender over these bytes at this time.',
  },
  uploads_disabled: {
    status: 403,
    title: 'Uploads disabled',
    detail: 'This service takes no files at the moment.',
  },
  mfa_enrolment_required: {
    status: 403,
    title: 'Second factor required',
    detail: 'Administrators need a second factor: enrol one, then refresh the token.',
  },
  route_not_found: { status: 404, title: 'Not found', detail: 'There is no such route.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is no such resource, or it is not yours.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This route does not answer this method; Allow lists those it does.',
  },
  request_timeout: { status: 408, title: 'Request timeout', detail: 'The request was sent too slowly.' },
  email_taken: {
    status: 409,
    title: 'E-mail taken',
    detail: 'An account with this e-mail address exists: sign in instead.',
  },
  mfa_already_active: {
    status: 409,
    title: 'MFA already active',
    detail: 'This account has a second factor: remove it before you enrol another.',
  },
  mfa_not_enrolled: {
    status: 409,
    title: 'MFA not enrolled',
    detail: 'This account has no second factor that this could act on.',
  },
  own_account: {
    status: 409,
    title: 'Own account',
    detail:
      'Nobody changes role or balance of their own account or disables it: another administrator has to.',
  },
  own_address: {
    status: 409,
    title: 'Own address',
    detail: 'This would keep you out yourself: nobody blocks themselves or the address they come from.',
  },
  alerts_unconfigured: {
    status: 409,
    title: 'Alerts unconfigured',
    detail: 'Alerts go nowhere: SECURITY_ALERT_WEBHOOK_URL is not set.',
  },
  api_keys_exceeded: {
    status: 409,
    title: 'Too many API keys',
    detail: 'You have as many living API keys as one account may have: delete one first.',
  },
  generation_running: {
    status: 409,
    title: 'Generation running',
    detail:
      'Neither a running generation nor the image it starts from can be deleted: cancel it or wait for its end.',
  },
  generation_finished: {
    status: 409,
    title: 'Generation finished',
    detail: 'This generation has its end: it can be neither cancelled nor ended otherwise.',
  },
  generation_not_repeatable: {
    status: 409,
    title: 'Generation not repeatable',
    detail: 'Only a generation that failed or was cancelled is tried again.',
  },
  idempotency_key_running: {
    status: 409,
    title: 'Request running',
    detail: 'The first request with this Idempotency-Key is still at work: ask again in a moment.',
  },
  ai_disabled_by_configuration: {
    status: 409,
    title: 'AI disabled by configuration',
    detail: 'AI_ENABLED is false: no switch turns it on before the configuration does.',
  },
  projects_exceeded: {
    status: 409,
    title: 'Too many projects',
    detail: 'You have as many projects as one account may have: delete one first.',
  },
  balance_exceeded: {
    status: 409,
    title: 'Balance out of range',
    detail: 'The adjustment would leave a balance below zero or beyond what an account may hold.',
  },
  length_required: {
    status: 411,
    title: 'Length required',
    detail: 'A body with files says how long it is: Content-Length.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body exceeds what this route accepts.',
  },
  url_too_long: { status: 414, title: 'URL too long', detail: 'The URL exceeds what this service accepts.' },
  content_type_unsupported: {
    status: 415,
    title: 'Content type unsupported',
    detail: 'This route accepts application/json.',
  },
  content_encoding_unsupported: {
    status: 415,
    title: 'Content encoding unsupported',
    detail: 'This service takes bodies as they are, not compressed.',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    detail: 'Only 100-continue can be expected of this service.',
  },
  storage_quota_exceeded: {
    status: 413,
    title: 'Storage quota exceeded',
    detail: 'Your files weigh as much as one account may keep: delete some first.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key stands for another request.',
  },
  reference_refused: {
    status: 422,
    title: 'Reference image refused',
    detail: 'The reference image is no PNG, JPEG or WebP that this service can read.',
  },
  reference_gone: {
    status: 422,
    title: 'Reference image gone',
    detail: 'The reference image of this generation is no longer kept: send it again with a new generation.',
  },
  reference_too_large: {
    status: 422,
    title: 'Reference image too large',
    detail: 'The reference image has more bytes or pixels than this service takes.',
  },
  reference_unreachable: {
    status: 422,
    title: 'Reference image out of reach',
    detail: 'The reference image could not be fetched from its URL: only public https addresses are.',
  },
  project_unknown: { status: 422, title: 'Project unknown', detail: 'You have no project of this id.' },
  model_unknown: { status: 422, title: 'Model unknown', detail: 'There is no model of this id.' },
  streams_exceeded: {
    status: 429,
    title: 'Too many streams',
    detail: 'You have too many event streams open: close one first.',
  },
  rate_limit_exceeded: {
    status: 429,
    title: 'Too many requests',
    detail: 'The limit of this rule is used up: wait as long as Retry-After says.',
  },
  account_guesses_exceeded: {
    status: 429,
    title: 'Too many failed sign-ins',
    detail:
      'Sign in from a device that has signed in before, reset the password, or wait as long as Retry-After says.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The request headers exceed what this service accepts.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something failed on our side. Tell us the request id.',
  },
  ai_disabled: {
    status: 503,
    title: 'AI disabled',
    detail: 'The operator has switched the AI providers off: nothing new is taken at the moment.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'Something this route needs is out of reach: try again as Retry-After says.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof catalogue;
