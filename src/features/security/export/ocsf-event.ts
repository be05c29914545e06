import type { ThreatLevel } from '../../../../config/policy/perimeter/threats.js';
import { redactWithin } from '../../../redaction/redactor.js';
import type { KeptEvent } from '../events/security-events.repository.js';
import { activityOf, ocsfClasses, mappingOf, other, type OcsfClass } from './ocsf-classes.js';

/** The version of OCSF whose attributes are used. */
const ocsfVersion = '1.3.0';

const product = { name: 'Velro', vendor_name: 'Velro' } as const;
const serviceName = 'velro';

const severities: Readonly<Record<ThreatLevel, number>> = { LOW: 2, MEDIUM: 3, HIGH: 4, CRITICAL: 5 };
const outcomes = {
  success: { status_id: 1, status: 'Success' },
  failure: { status_id: 2, status: 'Failure' },
} as const;

/** An object of OCSF: what JSON holds. */
export type OcsfObject = Readonly<Record<string, unknown>>;

/** An event as OCSF has it. Attributes without a value are left out, ids and names stand for nobody's address or text. */
export function toOcsf(event: KeptEvent, host: string | null): OcsfObject {
  const mapping = mappingOf(event.event);
  const classUid = ocsfClasses[mapping.class];
  const activity = activityOf(mapping, event.method);
  return {
    category_uid: Math.floor(classUid / 1000),
    class_uid: classUid,
    activity_id: activity,
    ...(activity === other ? { activity_name: event.event } : {}),
    type_uid: classUid * 100 + activity,
    severity_id: severities[event.level],
    time: event.at.getTime(),
    message: event.text,
    count: 1 + (event.suppressed ?? 0),
    ...(mapping.outcome === null ? {} : outcomes[mapping.outcome]),
    metadata: {
      version: ocsfVersion,
      product,
      uid: event.id,
      event_code: event.event,
      ...(event.requestId === undefined ? {} : { correlation_uid: event.requestId }),
    },
    ...attributes[mapping.class](event, host),
    unmapped: unmapped(event),
  };
}

const attributes: Readonly<Record<OcsfClass, (event: KeptEvent, host: string | null) => OcsfObject>> = {
  accountChange: (event) => ({
    user: affectedUser(event),
    actor: actorOf(event),
    src_endpoint: source(event),
    ...requestOf(event),
  }),
  authentication: (event, host) => ({
    user: affectedUser(event),
    service: { name: serviceName },
    src_endpoint: source(event),
    dst_endpoint: destination(host),
    is_remote: event.sourceIp !== undefined,
    ...requestOf(event),
  }),
  httpActivity: (event, host) => ({
    http_request: { ...(event.requestId === undefined ? {} : { uid: event.requestId }), ...request(event) },
    src_endpoint: source(event),
    dst_endpoint: destination(host),
  }),
  applicationLifecycle: () => ({ app: product }),
  apiActivity: (event) => ({
    actor: actorOf(event),
    api: apiOf(event),
    src_endpoint: source(event),
    ...requestOf(event),
  }),
  detectionFinding: (event) => ({
    finding_info: {
      uid: event.id,
      title: event.text,
      types: [event.attack ?? event.event],
      created_time: event.at.getTime(),
    },
    evidences: [{ src_endpoint: source(event), actor: actorOf(event), api: apiOf(event) }],
  }),
};

/** Whom an event is about: the account that somebody acted upon, that of the caller, or the one that was aimed at. */
function affectedUser(event: KeptEvent): OcsfObject {
  const target = event.details?.['target_id'];
  return typeof target === 'string' ? { uid: target } : userOf(event);
}

function userOf({ userId, account, sourceIp }: KeptEvent): OcsfObject {
  if (userId === undefined && account === undefined)
    return sourceIp === undefined ? { name: serviceName, type_id: 3 } : { name: 'unknown', type_id: 0 };
  return {
    ...(userId === undefined ? {} : { uid: userId }),
    // The keyed hash of an address, which is the same for each of its spellings.
    ...(account === undefined ? {} : { account: { uid: account } }),
  };
}

const actorOf = (event: KeptEvent): OcsfObject => ({ user: userOf(event) });

const source = ({ sourceIp, instance }: KeptEvent): OcsfObject =>
  sourceIp === undefined
    ? { svc_name: serviceName, ...(instance === undefined ? {} : { instance_uid: instance }) }
    : { ip: sourceIp };

const destination = (host: string | null): OcsfObject => ({
  svc_name: serviceName,
  ...(host === null ? {} : { hostname: host }),
});

const apiOf = (event: KeptEvent): OcsfObject => ({
  operation: event.route === undefined ? event.event : `${event.method ?? ''} ${event.route}`.trim(),
  service: { name: serviceName },
  ...(event.requestId === undefined ? {} : { request: { uid: event.requestId } }),
});

/** The route's template as its path: what was asked for is untrusted text. */
const request = ({ method, route }: KeptEvent): OcsfObject => ({
  ...(method === undefined ? {} : { http_method: method }),
  ...(route === undefined ? {} : { url: { path: route } }),
});

const requestOf = (event: KeptEvent): OcsfObject =>
  event.method === undefined && event.route === undefined ? {} : { http_request: request(event) };

/** What OCSF has no attribute for. Texts of details are fixed words; should one ever hold a secret or an address, it is replaced. */
function unmapped({ level, response, attack, traceId, instance, details = {} }: KeptEvent): OcsfObject {
  return {
    threat_level: level,
    response,
    ...(attack === undefined ? {} : { attack }),
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    ...(instance === undefined ? {} : { instance }),
    details: Object.fromEntries(
      Object.entries(details).map(([name, value]) => [
        name,
        typeof value === 'string' ? redactWithin(value) : value,
      ]),
    ),
  };
}
