/** `title` and `detail` are the only texts that a client receives outside development; both are fixed per code. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** Every error that the service returns, by its stable code. `status` is the HTTP status. */
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
    detail: 'A query parameter is repeated, has a forbidden name, or there are too many.',
  },
  method_override_refused: {
    status: 400,
    title: 'Method override refused',
    detail: 'The HTTP method is taken from the request line only.',
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
    detail: 'This route requires the signature headers of the sender.',
  },
  multipart_invalid: {
    status: 400,
    title: 'Multipart body invalid',
    detail: 'The multipart body is truncated, malformed, or has repeated or too many parts.',
  },
  idempotency_effect_deleted: {
    status: 410,
    title: 'Effect deleted',
    detail: 'The request with this Idempotency-Key was carried out, and what it made has been deleted since.',
  },
  precondition_failed: {
    status: 412,
    title: 'Precondition failed',
    detail: 'The object is not the one that the request names by If-Match or If-Unmodified-Since.',
  },
  tus_version_unsupported: {
    status: 412,
    title: 'Version of tus unsupported',
    detail: 'Resumable uploads need the header Tus-Resumable: 1.0.0.',
  },
  range_unsatisfiable: {
    status: 416,
    title: 'Range not satisfiable',
    detail: 'The object has fewer bytes than the range begins at; Content-Range tells how many.',
  },
  object_gone: {
    status: 410,
    title: 'Object gone',
    detail: 'What this link names is not stored any more.',
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
    detail: 'The access token or API key is malformed, expired, revoked or not issued by this service.',
  },
  operator_credentials_invalid: {
    status: 401,
    title: 'Operator credentials invalid',
    detail: 'This route needs the credentials of the operator.',
  },
  exchange_refused: {
    status: 401,
    title: 'Exchange refused',
    detail: 'The token is not a valid token of a social or link login of this project.',
  },
  refresh_token_invalid: {
    status: 401,
    title: 'Refresh token invalid',
    detail: 'The refresh token is unknown, expired, used or revoked: sign in again.',
  },
  mfa_token_invalid: {
    status: 401,
    title: 'MFA token invalid',
    detail: 'The MFA token is expired, used or not issued by this service: sign in again.',
  },
  mfa_code_invalid: {
    status: 401,
    title: 'MFA code invalid',
    detail: 'The code is wrong, outside its time window or already used: use the next one.',
  },
  step_up_required: {
    status: 401,
    title: 'Step-up required',
    detail: 'This route needs a recent proof of identity: get one from /auth/step-up.',
  },
  key_credits_exceeded: {
    status: 402,
    title: 'Credits of the API key spent',
    detail: 'The API key has used the credits that its owner allows it in a month.',
  },
  credits_insufficient: {
    status: 402,
    title: 'Credits insufficient',
    detail: 'The balance does not cover what this costs.',
  },
  forbidden: { status: 403, title: 'Forbidden', detail: 'Your role does not allow this.' },
  scope_missing: {
    status: 403,
    title: 'Scope missing',
    detail:
      'This API key lacks the scope, or no API key may do this: create a key with the scope, or sign in.',
  },
  consent_missing: {
    status: 403,
    title: 'Consent missing',
    detail:
      'This goes to an AI provider, and you have not agreed to that, or no longer: see /api/v1/privacy/consents.',
  },
  model_not_allowed: {
    status: 403,
    title: 'Model not allowed',
    detail: 'The owner of this API key allows it other models.',
  },
  address_unproven: {
    status: 403,
    title: 'Address unproven',
    detail: 'Nobody has proven yet to hold the e-mail address of this account.',
  },
  origin_refused: {
    status: 403,
    title: 'Origin refused',
    detail: 'This agent does not answer pages of this origin.',
  },
  conversation_busy: {
    status: 409,
    title: 'Conversation busy',
    detail: 'The last question of this conversation is being answered: wait for its end, or stop it.',
  },
  nothing_to_repeat: {
    status: 409,
    title: 'Nothing to repeat',
    detail: 'This conversation has no question that could be answered again.',
  },
  conversations_exceeded: {
    status: 409,
    title: 'Too many conversations',
    detail: 'The account has as many conversations as it may: delete some of them.',
  },
  conversation_full: {
    status: 409,
    title: 'Conversation full',
    detail: 'This conversation has as many messages as it may: begin another.',
  },
  address_blocked: {
    status: 403,
    title: 'Address blocked',
    detail:
      'Too many requests that look like an attack came from this address: Retry-After says when the block ends.',
  },
  cross_site_refused: {
    status: 403,
    title: 'Cross-site request refused',
    detail: 'The request was started by a page of another site, whose origin may not call this route.',
  },
  https_required: {
    status: 403,
    title: 'HTTPS required',
    detail:
      'The request was sent without TLS and may have been read: use https, and change any credentials that were sent.',
  },
  link_used: {
    status: 403,
    title: 'Link used',
    detail: 'The link from the e-mail is invalid, used or expired: request a new one.',
  },
  link_invalid: {
    status: 403,
    title: 'Link invalid',
    detail: 'The signed link has expired or was changed: request a new one.',
  },
  signature_invalid: {
    status: 403,
    title: 'Signature invalid',
    detail: 'The signature does not match the sender, the body or the timestamp.',
  },
  uploads_disabled: {
    status: 403,
    title: 'Uploads disabled',
    detail: 'File uploads are disabled.',
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
    detail: 'This route does not support this method; the Allow header lists those it does.',
  },
  request_timeout: { status: 408, title: 'Request timeout', detail: 'The request was sent too slowly.' },
  email_taken: {
    status: 409,
    title: 'E-mail taken',
    detail: 'An account with this e-mail address exists: sign in instead.',
  },
  email_change_unconfigured: {
    status: 409,
    title: 'E-mail change not configured',
    detail: 'This service cannot send mails, and so cannot verify another address.',
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
      'You cannot change the role or balance of your own account, or disable it: another administrator has to.',
  },
  consent_outdated: {
    status: 409,
    title: 'Consent outdated',
    detail:
      'The text has a newer version, or none of this name: read it, and agree to that. Nothing was changed.',
  },
  consents_exceeded: {
    status: 409,
    title: 'Too many consents',
    detail: 'It was agreed to too often within a day. What was agreed to can still be taken back.',
  },
  data_exports_exceeded: {
    status: 429,
    title: 'Too many exports',
    detail: 'Your data were exported too often in a day. The exports that you have can be downloaded.',
  },
  last_administrator: {
    status: 409,
    title: 'Last administrator',
    detail: 'Nobody else could manage the service: make another account an administrator first.',
  },
  own_address: {
    status: 409,
    title: 'Own address',
    detail: 'You cannot block your own account or the address that you connect from.',
  },
  alerts_unconfigured: {
    status: 409,
    title: 'Alerts unconfigured',
    detail: 'No alerts are sent: neither SECURITY_ALERT_WEBHOOK_URL nor ALERT_EMAIL is set.',
  },
  blocks_exceeded: {
    status: 409,
    title: 'Too many blocks',
    detail: 'There are as many blocks by administrators as the service holds: lift one first.',
  },
  api_keys_exceeded: {
    status: 409,
    title: 'Too many API keys',
    detail: 'You have as many active API keys as one account may have: delete one first.',
  },
  webhook_endpoints_exceeded: {
    status: 409,
    title: 'Too many webhook endpoints',
    detail: 'You have as many webhook endpoints as one account may have: delete one first.',
  },
  webhook_endpoint_disabled: {
    status: 409,
    title: 'Webhook endpoint disabled',
    detail: 'Nothing is sent to this endpoint: enable it first.',
  },
  webhook_endpoint_busy: {
    status: 409,
    title: 'Webhook endpoint busy',
    detail: 'Too many deliveries wait for this endpoint, or it was sent earlier ones again: ask later.',
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
    detail: 'This generation has finished: it can be neither cancelled nor ended in another way.',
  },
  generation_not_repeatable: {
    status: 409,
    title: 'Generation not repeatable',
    detail: 'Only a generation that failed or was cancelled can be retried.',
  },
  idempotency_key_running: {
    status: 409,
    title: 'Request running',
    detail: 'The first request with this Idempotency-Key is still being processed: retry later.',
  },
  agent_settled: {
    status: 409,
    title: 'Agent settled',
    detail: 'The conversation is with another agent, and stays with it.',
  },
  agents_exceeded: {
    status: 409,
    title: 'Too many agents',
    detail: 'There are as many agents, or versions of this one, as there may be.',
  },
  knowledge_full: {
    status: 409,
    title: 'Knowledge full',
    detail: 'The agent has as many entries as it may have.',
  },
  ai_disabled_by_configuration: {
    status: 409,
    title: 'AI disabled by configuration',
    detail: 'AI_ENABLED is false: the switch cannot enable AI until the configuration does.',
  },
  projects_exceeded: {
    status: 409,
    title: 'Too many projects',
    detail: 'You have as many projects as one account may have: delete one first.',
  },
  balance_exceeded: {
    status: 409,
    title: 'Balance out of range',
    detail: 'The adjustment would leave a balance below zero or above the maximum of an account.',
  },
  length_required: {
    status: 411,
    title: 'Length required',
    detail: 'A body with files requires a Content-Length header.',
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
    detail: 'This service does not accept compressed bodies.',
  },
  expectation_failed: {
    status: 417,
    title: 'Expectation failed',
    detail: 'The only supported value of the Expect header is 100-continue.',
  },
  storage_quota_exceeded: {
    status: 413,
    title: 'Storage quota exceeded',
    detail: 'The storage quota of your account is used up: delete some files first.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was already used for another request.',
  },
  upload_offset_conflict: {
    status: 409,
    title: 'Upload offset conflict',
    detail: 'The upload does not stand at this offset: ask for it by HEAD and go on from there.',
  },
  upload_fragmented: {
    status: 409,
    title: 'Upload in too many pieces',
    detail: 'The upload came in more pieces than are kept: begin it anew with larger ones.',
  },
  file_name_refused: {
    status: 422,
    title: 'File name refused',
    detail:
      'The name of the file is empty, too long, a path, or holds control characters or marks that change the direction of text.',
  },
  file_type_refused: {
    status: 422,
    title: 'File type refused',
    detail:
      'The extension, the declared type and the content of the file do not agree on a type that may be uploaded.',
  },
  file_refused: {
    status: 422,
    title: 'File refused',
    detail: 'The content of the file cannot be accepted; `errors` says why. Nothing was stored.',
  },
  file_infected: {
    status: 422,
    title: 'File infected',
    detail: 'Malware was found in the file. Nothing was stored.',
  },
  file_quarantined: {
    status: 409,
    title: 'File in quarantine',
    detail: 'The file was taken while the malware scanner was away. It can be read once it is scanned.',
  },
  reference_refused: {
    status: 422,
    title: 'Reference image refused',
    detail: 'The reference image is no PNG, JPEG or WebP that this service can read.',
  },
  reference_gone: {
    status: 422,
    title: 'Reference image gone',
    detail:
      'The reference image of this generation is no longer stored: send it again with a new generation.',
  },
  reference_too_large: {
    status: 422,
    title: 'Reference image too large',
    detail: 'The reference image has more bytes or pixels than this service takes.',
  },
  reference_unreachable: {
    status: 422,
    title: 'Reference image unreachable',
    detail: 'The reference image could not be fetched from its URL: only public https URLs are allowed.',
  },
  project_unknown: { status: 422, title: 'Project unknown', detail: 'You have no project of this id.' },
  visitor_token_invalid: {
    status: 422,
    title: 'Visitor token invalid',
    detail: 'The token of the visitor is expired, revoked or not issued by this service.',
  },
  agent_unknown: {
    status: 422,
    title: 'Agent unknown',
    detail: 'There is no agent of this id, or it cannot be asked.',
  },
  content_refused: {
    status: 422,
    title: 'Content refused',
    detail: 'The provider refuses to draw this; the credits were given back.',
  },
  model_unknown: { status: 422, title: 'Model unknown', detail: 'There is no model of this id.' },
  streams_exceeded: {
    status: 429,
    title: 'Too many streams',
    detail: 'You have too many streams or answers open: close one first.',
  },
  concurrency_exceeded: {
    status: 429,
    title: 'Too many requests at once',
    detail: 'Too many of your requests are under way: send the next ones as these are answered.',
  },
  busy: {
    status: 429,
    title: 'Busy',
    detail: 'The service has more to do than it can at the moment: try again shortly.',
  },
  references_exceeded: {
    status: 429,
    title: 'Too many reference images',
    detail: 'Some of your reference images are being read: send this one when they are done.',
  },
  uploads_exceeded: {
    status: 429,
    title: 'Too many uploads',
    detail: 'Some of your files are being received: send this one when they are done.',
  },
  rate_limit_exceeded: {
    status: 429,
    title: 'Too many requests',
    detail: 'The rate limit is exceeded: wait for the time in Retry-After.',
  },
  account_guesses_exceeded: {
    status: 429,
    title: 'Too many failed sign-ins',
    detail:
      'Sign in from a device that has signed in before, reset the password, or wait for the time in Retry-After.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The request headers exceed what this service accepts.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'An unexpected error occurred: include the request id when you report it.',
  },
  language_model_failed: {
    status: 502,
    title: 'Language model failed',
    detail: 'The language model refused the request, or gave no answer that can be read.',
  },
  generation_failed: {
    status: 424,
    title: 'Generation failed',
    detail: 'The provider made no picture; the credits were given back.',
  },
  language_model_unavailable: {
    status: 503,
    title: 'Language model unavailable',
    detail: 'No language model can be reached at the moment.',
  },
  language_model_timeout: {
    status: 504,
    title: 'Language model timeout',
    detail: 'The language model took too long.',
  },
  generation_pending: {
    status: 425,
    title: 'Generation pending',
    detail:
      'The picture is not ready yet. The same call, repeated within ten minutes, waits for it again and is not charged.',
  },
  budget_exceeded: {
    status: 503,
    title: 'Budget exceeded',
    detail:
      'What this, or this API key, may cost has been spent: it is open again when the next day or month begins.',
  },
  sign_ins_closed: {
    status: 503,
    title: 'Sign-ins closed',
    detail: 'Nobody can sign in for now: an incident is being looked at. Nothing was changed.',
  },
  ai_disabled: {
    status: 503,
    title: 'AI disabled',
    detail: 'The operator has disabled the AI providers: no new work is accepted.',
  },
  /** The next two are given by the proxy in front (deploy/nginx), which takes these words. */
  bad_gateway: {
    status: 502,
    title: 'Bad gateway',
    detail: 'The service cannot be reached: try again after the time in Retry-After.',
  },
  gateway_timeout: {
    status: 504,
    title: 'Gateway timeout',
    detail: 'The service did not answer in time: the request may have been carried out.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'A dependency of this route is unavailable: retry after the time in Retry-After.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof catalogue;
