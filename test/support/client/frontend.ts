import type * as clientModule from '../../../client/src/index.js';

export interface Frontend {
  readonly module: typeof clientModule;
  readonly baseUrl: string;
  readonly store: clientModule.TokenStore;
}

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** What a frontend does with the client. Each function stands by itself: it runs in Node, and as text in a page. */
export const frontend = {
  /** Registers and turns on a second factor; returns its secret. The code is one of the step before the present one. */
  async register(
    { module, baseUrl, store }: Frontend,
    person: Person,
    code: (secret: string) => Promise<string>,
  ) {
    const client = module.createClient({ baseUrl, store });
    await client.POST('/api/v1/auth/register', { body: person });
    const { data } = await client.POST('/api/v1/auth/mfa/enroll');
    await client.POST('/api/v1/auth/mfa/activate', { body: { code: await code(data.secret) } });
    await client.POST('/api/v1/auth/logout', { body: {} });
    return data.secret;
  },

  /** Signs in with password and code; returns which of the two steps brought tokens. */
  async signIn({ module, baseUrl, store }: Frontend, person: Person, code: () => Promise<string>) {
    const client = module.createClient({ baseUrl, store });
    const tokensAfter: boolean[] = [];
    const note = async () => tokensAfter.push((await store.read()).access_token !== undefined);
    const { data } = await client.POST('/api/v1/auth/login', { body: person });
    await note();
    if (!data.mfa_required) throw new Error('no second factor was asked for');
    const { mfa_token } = data;
    await client.POST('/api/v1/auth/mfa/verify', { body: { mfa_token, code: await code() } });
    await note();
    return tokensAfter;
  },

  /** Orders a generation from a picture and follows it to its end. */
  async generate({ module, baseUrl, store }: Frontend, picture: Blob) {
    const client = module.createClient({ baseUrl, store });
    const sent: [number, number][] = [];
    const { data, response } = await client.generate(
      { model_id: 'fal-ai/flux-pro/kontext/max', prompt: 'at night', reference_image: picture },
      { onProgress: (...bytes) => sent.push(bytes) },
    );
    const events: string[] = [];
    let media = 0;
    for await (const { event, data: state } of client.events(data.id)) {
      if (events.at(-1) !== event) events.push(event);
      media = state.media?.length ?? 0;
    }
    return { status: response.status, hasImage: data.has_reference_image, sent, events, media };
  },

  /** Calls the service with tokens that have expired by the clock, or as they are. */
  async me({ module, baseUrl, store }: Frontend) {
    const client = module.createClient({ baseUrl, store });
    const { data } = await client.GET('/api/v1/auth/me');
    return data.email;
  },

  /** Signs out; returns the code by which the service then refuses the former access token. */
  async signOut({ module, baseUrl, store }: Frontend) {
    const { access_token } = await store.read();
    await module.createClient({ baseUrl, store }).POST('/api/v1/auth/logout', { body: {} });
    const former = module.createClient({
      baseUrl,
      headers: { authorization: `Bearer ${access_token ?? ''}` },
    });
    const refused = await former.GET('/api/v1/auth/me').then(
      () => 'taken',
      (error: unknown) => (error instanceof module.VelroError ? error.code : String(error)),
    );
    return { refused, kept: Object.keys(await store.read()) };
  },
};
