import { parseTrustedCidrs, parseTrustedProxy } from '../values/cidr.js';
import type { EnvironmentName, Role, TrustedProxy } from '../config.js';
import { Choice, Flag, Parsed, WholeNumber } from './environment.fields.js';
import { parseHeaderNames } from '../values/header-names.js';
import { parseOrigins, parseWebOrigin } from '../values/web-address.js';

const environmentNames: readonly EnvironmentName[] = ['development', 'staging', 'production', 'test'];
const roles: readonly Role[] = ['all', 'web', 'worker'];

/** The variables of the process: what it is, where it listens, how many of it there are, and who may call. */
export class ServerEnvironment {
  @Choice('Which environment this is.', environmentNames) ENVIRONMENT?: EnvironmentName;
  @Choice('Alias of ENVIRONMENT.', environmentNames) APP_ENV?: EnvironmentName;
  @Choice('Alias of ENVIRONMENT.', environmentNames) ENV?: EnvironmentName;

  @Flag('Log lines with the whole cause of an error.') DEBUG?: boolean;
  @Flag('Hints at the terminal.') DEVELOPMENT_MODE?: boolean;
  @Flag('The routes /debug/config and /debug/routes, for the operator.') ENABLE_DEBUG_ENDPOINTS?: boolean;
  @Flag('Error answers that name their cause.') VERBOSE_ERROR_MESSAGES?: boolean;
  @Flag('Prints what a start is made of, to standard error.') VELRO_TRACE_START?: boolean;
  @Flag('No such mode exists; true is refused everywhere.') EMERGENCY_AUTH_MODE?: boolean;
  @Flag('No such mode exists; true is refused everywhere.') ENABLE_MOCK_AUTHENTICATION?: boolean;

  @WholeNumber('Port to listen on; 0 takes any free one.', 0, 65_535) PORT?: number;
  @Parsed('Address under which people reach the service.', parseWebOrigin) PUBLIC_URL?: string;
  @WholeNumber('Seconds from a stop signal in which requests are still accepted.', 0, 60)
  SHUTDOWN_GRACE_SECONDS?: number;
  @WholeNumber('How many replicas run; above 1 needs REDIS_URL.', 1, 1000) INSTANCES?: number;
  @Choice('What this instance does: answer requests (web), take jobs (worker), or both (all).', roles)
  ROLE?: Role;
  @WholeNumber('Connections of the pool that requests and jobs share.', 2, 100) DATABASE_POOL_SIZE?: number;
  @WholeNumber('Generations whose progress one instance follows at a time.', 1, 200)
  GENERATION_FOLLOWS_AT_ONCE?: number;
  @Flag('Compresses answers.') COMPRESSION_ENABLED?: boolean;
  @Flag('Gives catalogues, media and assets an ETag, and 304 for who has them.') CACHE_ENABLED?: boolean;
  @Parsed('Origins whose pages may call the API.', parseOrigins) CORS_ORIGINS?: readonly string[];
  @Parsed('Alias of CORS_ORIGINS.', parseOrigins) ALLOWED_ORIGINS?: readonly string[];
  @Parsed('Request headers that such pages may send, beside ours.', parseHeaderNames)
  CORS_ALLOWED_HEADERS?: readonly string[];
  @Parsed('Whose word about the client address is believed.', parseTrustedProxy) TRUSTED_PROXY?: TrustedProxy;
  @Parsed('Peers that may speak for others in railway mode; private ranges when unset.', parseTrustedCidrs)
  TRUSTED_PROXY_PEERS?: readonly string[];
}
