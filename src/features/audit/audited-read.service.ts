import {
  applyDecorators,
  Injectable,
  SetMetadata,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Database } from '../../database/database.js';
import { clientContextOf } from '../../network/client-context.js';
import { AuditTrail } from './audit-trail.service.js';

/** Metadata of a route by which administrators read personal data. */
const auditedReadKey = 'velro:audited-read';

/** `of`: whose data: of the account that the route's `id` names, or of many. */
interface AuditedReadOptions {
  readonly what: string;
  readonly of: 'account' | 'many';
}

/** Writes the entry once the route has read and before it answers: without the entry nothing is shown, and a refusal has none. */
@Injectable()
class AuditedReads implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      mergeMap(async (read: unknown) => {
        await this.note(context);
        return read;
      }),
    );
  }

  private async note(context: ExecutionContext): Promise<void> {
    const { what, of } = this.reflector.get<AuditedReadOptions>(auditedReadKey, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { id = null } = request.params as { readonly id?: string };
    // The names alone: what somebody searched for is of people who may be deleted.
    const details = { what, by: Object.keys(request.query as object) };
    const entry = { action: 'personal_data.read', subjectId: of === 'account' ? id : null, details } as const;
    await this.audit.append(this.database.query, entry, clientContextOf(request));
  }
}

/** An administrator reads personal data: each time is an entry in the audit log. The module of the route imports AuditModule. */
export const AuditedRead = (options: AuditedReadOptions): MethodDecorator =>
  applyDecorators(SetMetadata(auditedReadKey, options), UseInterceptors(AuditedReads));
