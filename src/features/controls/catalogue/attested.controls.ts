import { word, type Control } from './control.js';

const [week, month, quarter, year] = [8, 32, 93, 366];

const readByPerson = 'a program can show that it was opened, not that somebody understood it';
const ofPeople = 'it is done by people, away from the service';

/** What a person says, and for how long that holds. */
export const attestedControls = {
  'review/log-errors': word(
    'Errors in the log were read this week',
    'Read them by code and route.',
    week,
    readByPerson,
  ),
  'review/resources': word(
    'Memory, processor and pool were looked at this week',
    'Look at /metrics or its dashboard.',
    week,
    readByPerson,
  ),
  'review/security-events': word(
    'Security events were read this week',
    'GET /api/v1/admin/security/events.',
    week,
    readByPerson,
  ),
  'review/dashboards': word(
    'Dashboards were brought up to date this week',
    'Compare them with /metrics.',
    week,
    readByPerson,
  ),
  'review/new-threats': word(
    'New kinds of attack were looked for this week',
    'docs/detection.md says what is detected.',
    week,
    readByPerson,
  ),
  'review/security-alerts': word(
    'Security alerts of the month were read',
    'GET /api/v1/admin/security/events?level=HIGH.',
    month,
    readByPerson,
  ),
  'review/access-logs': word(
    'Accesses of the month were looked through for anomalies',
    'GET /api/v1/admin/audit.',
    month,
    readByPerson,
  ),
  'review/dependencies': word(
    'Security patches of the dependencies were taken this month',
    'npm audit, then npm ci of a new lock file.',
    month,
    'the registry that knows of them is not always reachable, and a patch may have to wait',
  ),
  'review/limits': word(
    'Rate limits were compared with what was refused',
    'rate_limit_violations_by_rule in /metrics.',
    quarter,
    readByPerson,
  ),
  'review/configuration': word(
    'The configuration was looked through this month',
    'npm run security:validate, then this report.',
    month,
    readByPerson,
  ),
  'review/penetration-test': word(
    'The last penetration test was looked through',
    'Its report, and what became of each finding.',
    month,
    ofPeople,
  ),
  'review/policies': word(
    'Security policies were read and brought up to date',
    'docs/security-model.md, SECURITY.md.',
    quarter,
    readByPerson,
  ),
  'review/architecture': word(
    'The architecture was reviewed for security',
    'docs/architecture.md.',
    quarter,
    readByPerson,
  ),
  'review/documents': word('Security documents were brought up to date', 'docs/.', quarter, readByPerson),
  'review/training': word(
    'The team was trained',
    'What is new in docs/security-model.md.',
    quarter,
    ofPeople,
  ),
  'review/compliance': word(
    'The next audit of compliance was prepared',
    'docs/privacy.md, docs/processing-record.md.',
    quarter,
    ofPeople,
  ),
  'review/image-scan': word(
    'The image was scanned for vulnerabilities',
    'trivy image, or the like.',
    month,
    'the scanner reads the image, which the running service is not',
  ),
  'review/web-scan': word(
    'A scanner for the web was run against staging',
    'zap-baseline.py, or the like.',
    quarter,
    'a scan takes hours, and its findings are judged by people',
  ),
  'review/load-test': word(
    'The load test was run',
    'npm run test:load, on a machine of its own.',
    quarter,
    'it loads an instance until it refuses: not the one that is audited',
  ),
  'review/limits-chosen': word(
    'Limits fit the traffic',
    'Compare rate_limit_violations_by_rule with what people complain of.',
    year,
    'how much is honest traffic, people know',
  ),
  'drill/kill-switch': word(
    'The kill switch was thrown and set back',
    'POST /ops/ai/toggle, as docs/operations-guide.md says.',
    quarter,
    'to see it refuse, one has to take the AI from everybody',
  ),
  'drill/chat-limit': word(
    'A third message in a minute was seen to be answered by the fallback',
    'As docs/messenger.md says.',
    quarter,
    'messages of Messenger are signed by Meta: the audit cannot send any',
  ),
  'drill/chat': word(
    'A chat was answered',
    'POST /api/v1/chat with an account of your own.',
    quarter,
    'an answer costs money and stays in a conversation of somebody',
  ),
  'drill/upload': word(
    'A file was uploaded and read again',
    'POST /api/v1/storage/upload.',
    quarter,
    'a file needs an account whose quota it uses',
  ),
  'drill/agent-change': word(
    'An agent was changed and rolled back',
    'docs/operations-guide.md, agents.',
    quarter,
    'a change of an agent is seen by everybody who talks to it',
  ),
  'drill/test-alert': word(
    'A test alert arrived',
    'POST /api/v1/admin/security/test-alert.',
    quarter,
    'that it was taken is recorded; that somebody read it, is not',
  ),
  'drill/incident': word(
    'The response to an incident was rehearsed',
    'Key compromised, limits exceeded, system compromised, data breach: one after the other.',
    quarter,
    ofPeople,
  ),
  'people/officer': word(
    'A data protection officer is appointed, or none is required',
    'Write down which.',
    year,
    ofPeople,
  ),
  'people/breach-notification': word(
    'It is written down whom a breach is told, and within what time',
    'GDPR: 72 hours; CCPA and HIPAA have their own.',
    year,
    ofPeople,
  ),
  'people/own-accounts': word(
    'Each administrator and operator has credentials of its own',
    'Nobody shares a password.',
    quarter,
    'two people with one password look like one',
  ),
} as const satisfies Record<string, Control>;
