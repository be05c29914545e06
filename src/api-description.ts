import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { securityPolicy } from '../config/policy/perimeter/headers.js';

/** Operations of one noun share its prefix, also where a controller of its own serves some of them. */
const operationPrefixes: Readonly<Record<string, string>> = { GenerationEventsController: 'Generations' };

/** The API as OpenAPI; committed as docs/openapi.json and checked for drift. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Velro')
    .setDescription('Accounts, credits and AI generation. Errors are problem documents (RFC 9457).')
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token; or an API key, at routes that name a scope.',
    })
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'The operator: ADMIN_USER and ADMIN_PASS.' })
    .build();
  return SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) =>
      `${operationPrefixes[controller] ?? controller.replace(/Controller$/, '')}.${method}`,
  });
}

/** `/docs` and `/docs-json`, outside production only. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, describeApi(app), { customSiteTitle: 'Velro API' });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (/^\/docs(?:[/?]|$)/.test(request.url))
        reply.header('content-security-policy', securityPolicy.docsContentSecurityPolicy);
      done();
    });
}
