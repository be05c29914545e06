import { maintenanceMutants } from './rows/operations/maintenance.ts';
import { heartbeatMutants } from './rows/operations/heartbeat.ts';
import { scaleMutants } from './rows/operations/scale.ts';
import { tracingMutants } from './rows/operations/tracing.ts';
import { incidentMutants } from './rows/operations/incidents.ts';
import { bundleMutants } from './rows/operations/bundle.ts';
import { cachingMutants } from './rows/operations/caching.ts';
import { controlsMutants } from './rows/operations/controls.ts';
import { documentMutants } from './rows/operations/documents.ts';
import { deploymentMutants } from './rows/operations/deployment.ts';
import { proxyMutants } from './rows/operations/proxy.ts';
import { monitoringMutants } from './rows/operations/monitoring.ts';
import type { Mutant } from './mutant.ts';
import { accountMutants } from './rows/accounts.ts';
import { adapterMutants } from './rows/adapters.ts';
import { bootMutants } from './rows/boot.ts';
import { answerCreditMutants } from './rows/assistants/answer-credits.ts';
import { gatewayMutants } from './rows/assistants/gateway.ts';
import { usageMutants } from './rows/assistants/usage.ts';
import { visitorMutants } from './rows/assistants/visitors.ts';
import { chatMutants } from './rows/assistants/chat.ts';
import { openAiMutants } from './rows/assistants/openai.ts';
import { questionPictureMutants } from './rows/assistants/pictures.ts';
import { visitorAddressMutants } from './rows/assistants/visitor-addresses.ts';
import { messengerMutants } from './rows/assistants/messenger.ts';
import { backupContentMutants } from './rows/custody/backup-contents.ts';
import { backupObjectMutants } from './rows/custody/backup-objects.ts';
import { backupMutants } from './rows/custody/backups.ts';
import { consentMutants, retentionMutants } from './rows/custody/consents.ts';
import { backupWatchMutants } from './rows/custody/backup-watch.ts';
import { auditAppendMutants } from './rows/delivery/audit-append.ts';
import { auditMutants } from './rows/delivery/audit.ts';
import { auditReadingMutants } from './rows/delivery/audit-reading.ts';
import { redactionMutants } from './rows/delivery/redaction.ts';
import { messengerDeletionMutants } from './rows/assistants/messenger-deletion.ts';
import { messengerRecorderMutants } from './rows/assistants/messenger-recorder.ts';
import { promptLeakMutants } from './rows/assistants/prompt-leak.ts';
import { agentMutants } from './rows/assistants/agents.ts';
import { gatewayQuestionMutants } from './rows/gateway/questions.ts';
import { messengerReplyMutants } from './rows/gateway/messenger-replies.ts';
import { keyWatchMutants } from './rows/keys/key-watch.ts';
import { rotationMutants } from './rows/keys/rotation.ts';
import { connectionMutants } from './rows/delivery/connections.ts';
import { mailMutants } from './rows/delivery/mail.ts';
import { siemRefusalMutants } from './rows/delivery/siem-refusals.ts';
import { siemMutants } from './rows/delivery/siem.ts';
import { clientMutants } from './rows/client.ts';
import { comparisonMutants } from './rows/description/comparison.ts';
import { descriptionMutants } from './rows/description/description.ts';
import { eventMutants } from './rows/events.ts';
import { generationMutants } from './rows/generations.ts';
import { guardMutants } from './rows/guards.ts';
import { identityMutants } from './rows/identity.ts';
import { painterMutants } from './rows/painter.ts';
import { perimeterMutants } from './rows/perimeter.ts';
import { pictureMutants } from './rows/pictures.ts';
import { privacyMutants } from './rows/privacy.ts';
import { requestMutants } from './rows/requests.ts';
import { storageMutants } from './rows/storage.ts';
import { inspectionMutants } from './rows/uploads/inspection.ts';
import { uploadMutants } from './rows/uploads/uploads.ts';
import { webhookMutants } from './rows/webhooks/webhooks.ts';
import { webhookRedeliveryMutants } from './rows/webhooks/webhook-redeliveries.ts';
import { webhookQueueMutants } from './rows/webhooks/webhook-queue.ts';
import { webhookOperatorMutants } from './rows/webhooks/webhook-operators.ts';
import { threatMutants } from './rows/threats.ts';

export const mutants: readonly Mutant[] = [
  ...perimeterMutants,
  ...privacyMutants,
  ...consentMutants,
  ...retentionMutants,
  ...requestMutants,
  ...guardMutants,
  ...accountMutants,
  ...identityMutants,
  ...generationMutants,
  ...pictureMutants,
  ...adapterMutants,
  ...storageMutants,
  ...inspectionMutants,
  ...uploadMutants,
  ...webhookMutants,
  ...webhookOperatorMutants,
  ...webhookQueueMutants,
  ...connectionMutants,
  ...siemRefusalMutants,
  ...webhookRedeliveryMutants,
  ...bootMutants,
  ...bundleMutants,
  ...scaleMutants,
  ...heartbeatMutants,
  ...painterMutants,
  ...eventMutants,
  ...threatMutants,
  ...gatewayMutants,
  ...answerCreditMutants,
  ...usageMutants,
  ...chatMutants,
  ...openAiMutants,
  ...promptLeakMutants,
  ...agentMutants,
  ...visitorMutants,
  ...visitorAddressMutants,
  ...messengerMutants,
  ...backupMutants,
  ...backupContentMutants,
  ...backupObjectMutants,
  ...backupWatchMutants,
  ...auditMutants,
  ...auditAppendMutants,
  ...auditReadingMutants,
  ...redactionMutants,
  ...messengerDeletionMutants,
  ...messengerRecorderMutants,
  ...questionPictureMutants,
  ...incidentMutants,
  ...rotationMutants,
  ...keyWatchMutants,
  ...messengerReplyMutants,
  ...gatewayQuestionMutants,
  ...mailMutants,
  ...siemMutants,
  ...clientMutants,
  ...comparisonMutants,
  ...descriptionMutants,
  ...controlsMutants,
  ...cachingMutants,
  ...tracingMutants,
  ...maintenanceMutants,
  ...deploymentMutants,
  ...documentMutants,
  ...proxyMutants,
  ...monitoringMutants,
];
