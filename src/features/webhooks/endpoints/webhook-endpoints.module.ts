import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { NoticesModule } from '../../notices/notices.module.js';
import { UsersModule } from '../../users/users.module.js';
import { WebhookDelivery } from '../delivery/webhook-delivery.js';
import { WebhookQueueRepository } from '../delivery/webhook-queue.repository.js';
import { SealedSecretsRepository } from '../delivery/sealed-secrets.repository.js';
import { UnreadableEndpoints } from '../delivery/unreadable-endpoints.js';
import { WebhookReseal } from '../delivery/webhook-reseal.js';
import { WebhookSettlement } from '../delivery/webhook-settlement.js';
import { WebhookSecrets } from '../delivery/webhook-secrets.js';
import { WebhookWorker } from '../delivery/webhook.worker.js';
import { WebhooksPurge } from '../delivery/webhooks.purge.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookDeliveriesService } from './webhook-deliveries.service.js';
import { AdminWebhookEndpointsController } from './admin-webhook-endpoints.controller.js';
import { WebhookEndpointsController } from './webhook-endpoints.controller.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { WebhookEndpointsService } from './webhook-endpoints.service.js';

/** Webhooks that accounts and operators are sent. */
@Module({
  imports: [AuditModule, NoticesModule, UsersModule],
  controllers: [WebhookEndpointsController, AdminWebhookEndpointsController],
  providers: [
    WebhookEndpointsService,
    WebhookEndpointsRepository,
    WebhookDeliveriesService,
    WebhookDeliveriesRepository,
    WebhookSecrets,
    SealedSecretsRepository,
    WebhookReseal,
    WebhookQueueRepository,
    WebhookDelivery,
    UnreadableEndpoints,
    WebhookSettlement,
    WebhookWorker,
    WebhooksPurge,
  ],
  exports: [WebhookEndpointsService],
})
export class WebhookEndpointsModule {}
