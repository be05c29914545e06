import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { models } from '../../config/policy/generations/models.js';
import { vocabulary } from '../../painter/vocabulary/vocabulary.js';
import { Customer, FalService } from '../support/fal/fal-service.js';
import { signUp } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('the catalogue of models', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    await stage.stop();
  });

  const served = models.filter(({ provider }) => provider === 'fal');

  it('lists the models of the configured provider, with their prices', async () => {
    const { json } = await ada.get('/models');
    expect(
      json.data.map(({ id, credits_cost }: { id: string; credits_cost: number }) => [id, credits_cost]),
    ).toEqual(served.map(({ id, creditsCost }) => [id, creditsCost]));
    expect(json.data.map(({ id }: { id: string }) => id)).not.toContain('velro/canvas');
  });

  it.each(served.map(({ id }) => [id]))('shows the parameters of %s, its id encoded or not', async (id) => {
    const plain = await ada.get(`/models/${id}`);
    const encoded = await ada.get(`/models/${encodeURIComponent(id)}`);
    expect([plain.status, encoded.json]).toEqual([200, plain.json]);
    const { input_schema: schema, paints } = plain.json;
    expect(paints).toBeNull();
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: { model_id: { const: id } },
    });
    const rules = models.find((model) => model.id === id)?.parameters ?? {};
    expect(Object.keys(schema.properties.parameters.properties)).toEqual(Object.keys(rules));
  });

  it.each(['velro/canvas', 'fal-ai/unknown', '..%2f..%2fetc', 'toString', '__proto__', '*'])(
    'knows no model %s',
    async (id) => {
      const { status, json } = await ada.get(`/models/${id}`);
      expect([status, json.code]).toEqual([404, 'not_found']);
    },
  );

  /** Values beyond every rule of every model, drawn from the rules themselves. */
  const beyond = served.flatMap(({ id, parameters }) =>
    Object.entries(parameters).flatMap(([name, rule]): [string, string, unknown][] => {
      if (rule.type === 'boolean')
        return [
          [id, name, 'true'],
          [id, name, 1],
        ];
      if (rule.type === 'string')
        return [
          [id, name, 'none of these'],
          [id, name, 1],
        ];
      const over = rule.type === 'integer' ? rule.maximum + 1 : rule.maximum + 0.1;
      return [
        [id, name, over],
        [id, name, rule.minimum - 1],
        [id, name, String(rule.minimum)],
        [id, name, null],
      ];
    }),
  );

  it('refuses every parameter beyond its bounds, and charges no credit', async () => {
    const before = await ada.balance();
    for (const [model_id, name, value] of beyond) {
      const needsImage = model_id.includes('kontext')
        ? { reference_image_url: 'https://example.com/x.png' }
        : {};
      const { status, json } = await ada.create({
        model_id,
        prompt: 'x',
        parameters: { [name]: value },
        ...needsImage,
      });
      expect([model_id, name, value, status, json.errors?.[0]?.field]).toEqual([
        model_id,
        name,
        value,
        422,
        `parameters.${name}`,
      ]);
    }
    expect(beyond.length).toBeGreaterThan(40);
    expect(await ada.balance()).toEqual(before);
    expect(stage.fal.jobs.all).toEqual([]);
  });

  it('refuses a negative prompt where the model accepts none', async () => {
    const { status, json } = await ada.create({
      model_id: 'fal-ai/flux-pro/v1.1-ultra',
      prompt: 'x',
      negative_prompt: 'y',
    });
    expect([status, json.errors[0]]).toMatchObject([422, { field: 'negative_prompt', code: 'unsupported' }]);
  });
});

describe('the model of the offline painter', () => {
  it('states the vocabulary of the painter itself', async () => {
    const service = await sharedService();
    try {
      const { visitor, token } = await signUp(service);
      const { status, json } = await visitor.call('/api/v1/models/velro%2Fcanvas', { token });
      expect([status, json.paints]).toEqual([200, vocabulary]);
      expect(json.paints.subjects).toEqual(
        expect.arrayContaining(['fox', 'astronaut', 'ramen', 'lighthouse']),
      );
    } finally {
      await service.discard();
    }
  });
});
