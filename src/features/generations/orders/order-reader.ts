import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Problem } from '../../../errors/problem.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { isMultipart, readMultipart, type HeldFile } from '../../../perimeter/input/multipart.js';
import { clientContextOf } from '../../../network/client-context.js';
import { inputValidation } from '../../../perimeter/input/validation.js';
import { parseJson } from '../../../perimeter/http/json-body.js';
import { noteMaliciousFields } from '../../../perimeter/hooks/malicious-text.js';
import { CreateGenerationRequest } from './generations.dto.js';
import type { GenerationOrder } from './order.js';
import { sha256 } from '../../../crypto/hash.js';

/** The field of a multipart body that holds the image. */
const imageField = 'reference_image';

export interface ReadOrder {
  readonly order: GenerationOrder;
  /** The content that is compared between requests with the same idempotency key. */
  readonly content: unknown;
}

/** Reads an order as JSON or as multipart form with a reference image; both are validated by the same rules. */
@Injectable()
export class OrderReader {
  private readonly validation = inputValidation();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `validation_failed`, `multipart_invalid`, `uploads_disabled`, `body_too_large`, `json_invalid` */
  async read(request: FastifyRequest): Promise<ReadOrder> {
    if (!isMultipart(request)) return this.inspect(request, request.body ?? {}, null);
    const { fields, files } = await readMultipart(request, [imageField]);
    noteMaliciousFields(request, this.events, fields);
    const { parameters, ...rest } = fields;
    const body = typeof parameters === 'string' ? { ...rest, parameters: parseJson(parameters) } : fields;
    return this.inspect(request, body, files.get(imageField) ?? null);
  }

  private async inspect(request: FastifyRequest, body: unknown, image: HeldFile | null): Promise<ReadOrder> {
    const dto = await this.validate(body);
    if (image !== null && !this.config.uploads.enabled) throw new Problem('uploads_disabled');
    const url = dto.reference_image_url ?? null;
    if (image !== null && url !== null)
      throw new Problem('validation_failed', {
        errors: [{ field: imageField, code: 'ambiguous', message: 'stands beside reference_image_url' }],
      });
    return {
      order: {
        modelId: dto.model_id,
        prompt: dto.prompt,
        negativePrompt: dto.negative_prompt ?? null,
        parameters: dto.parameters ?? {},
        projectId: dto.project_id ?? null,
        reference:
          image === null && url === null
            ? null
            : { ...(image ?? { url: url ?? '' }), client: clientContextOf(request) },
      },
      content: [body, image === null ? null : sha256(image.bytes).toString('hex')],
    };
  }

  private async validate(body: unknown): Promise<CreateGenerationRequest> {
    const read: unknown = await this.validation.transform(body, {
      type: 'body',
      metatype: CreateGenerationRequest,
    });
    if (!(read instanceof CreateGenerationRequest)) throw new Problem('validation_failed');
    return read;
  }
}
