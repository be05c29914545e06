import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import {
  ConstantProperty,
  IntegerProperty,
  ListProperty,
  TextProperty,
} from '../../../../perimeter/output/properties.js';

export class OpenAiModel {
  @TextProperty({ max: openAiPolicy.modelCharacters }) id!: string;
  @ConstantProperty('model') object!: 'model';
  @IntegerProperty({ max: 0, description: '0: it is not known here.' }) created!: number;
  @ConstantProperty('velro') owned_by!: 'velro';
}

export class OpenAiModelList {
  @ConstantProperty('list') object!: 'list';
  @ListProperty(OpenAiModel, { max: 200 }) data!: OpenAiModel[];
}

export const toOpenAiModel = (id: string): OpenAiModel => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'velro',
});
