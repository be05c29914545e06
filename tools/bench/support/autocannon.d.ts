// Types for the part of autocannon that the benchmarks use; the package has none.
declare module 'autocannon' {
  interface Request {
    readonly method: string;
    readonly path: string;
    readonly body?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly setupRequest?: (request: Request) => Request;
  }

  interface Client {
    setRequests(requests: readonly Request[]): void;
  }

  interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    /** Requests per second of all connections together. */
    readonly overallRate?: number;
    readonly setupClient: (client: Client) => void;
  }

  interface Result {
    readonly requests: { readonly average: number; readonly total: number };
    /** Milliseconds. */
    readonly latency: { readonly p50: number; readonly p99: number };
    readonly non2xx: number;
    /** Connections that failed or gave no answer in time. */
    readonly errors: number;
    readonly statusCodeStats?: Readonly<Record<string, { readonly count: number }>>;
    readonly duration: number;
  }

  export default function autocannon(options: Options): Promise<Result>;
}
