import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeDescription } from './api-description/complete.js';
import { introduction } from './api-description/introduction.js';
import { GUARDS, type Guard } from './guards/guard-chain.js';
import { RouteTable } from './guards/route/route-table.js';

/** Operations of one noun share its prefix, also where a controller of its own serves some of them. */
const operationPrefixes: Readonly<Record<string, string>> = { GenerationEventsController: 'Generations' };

/** The API as OpenAPI 3.1; committed as docs/openapi.json and checked for drift. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Velro')
    .setDescription(introduction)
    .setVersion('1')
    .setContact('Velro', 'https://velro.example/support', 'support@velro.example')
    .setLicense('Proprietary', 'https://velro.example/terms')
    .addServer('https://api.velro.example', 'Production')
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) =>
      `${operationPrefixes[controller] ?? controller.replace(/Controller$/, '')}.${method}`,
  });
  for (const server of document.servers ?? []) Object.assign(server, { 'x-internal': false });
  completeDescription(document, app.get(RouteTable).routes(), app.get<readonly Guard[]>(GUARDS));
  return document;
}
