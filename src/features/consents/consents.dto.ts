import {
  consentPurposes,
  externalAiConsent,
  type ConsentPurpose,
} from '../../../config/policy/privacy/consents.js';
import { ChoiceField, FlagField, TextField } from '../../perimeter/input/fields.js';
import { NestedListField } from '../../perimeter/input/composite-fields.js';
import {
  ChoiceProperty,
  FlagProperty,
  ListProperty,
  MomentProperty,
  TextProperty,
} from '../../perimeter/output/properties.js';

const versionPattern = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';
const sources = ['request', 'signal'] as const;
const hashPattern = '^[0-9a-f]{64}$';

export class ConsentResponse {
  @ChoiceProperty(consentPurposes, { isExtensible: true }) purpose!: ConsentPurpose;
  @TextProperty({ description: 'The day on which the text was written.', max: 10, pattern: versionPattern })
  version!: string;
  @TextProperty({
    description: 'What is agreed to; null for the privacy policy, which is at /privacy/policy.',
    nullable: true,
    max: 4000,
  })
  text!: string | null;
  @TextProperty({
    description:
      'SHA-256 of the text; of the privacy policy as it is before the names of the operator are in it.',
    max: 64,
    pattern: hashPattern,
  })
  text_sha256!: string;
  @ChoiceProperty(['none', 'given', 'withdrawn'], {
    description: 'none: never decided. withdrawn: refused, or taken back.',
  })
  state!: 'none' | 'given' | 'withdrawn';
  @TextProperty({
    description: 'Of the text that it was decided on.',
    nullable: true,
    max: 10,
    pattern: versionPattern,
  })
  decided_version!: string | null;
  @MomentProperty({ nullable: true }) decided_at!: string | null;
}

export class ConsentsResponse {
  @ListProperty(ConsentResponse, { max: 100 }) data!: ConsentResponse[];
}

export class ConsentChoice {
  @ChoiceField({ description: 'What for.', of: consentPurposes }) purpose!: ConsentPurpose;
  @FlagField({ description: 'true: you agree. false: you refuse, or take it back.' }) given!: boolean;
  @TextField({
    description: 'Of the text that you agree to; where you take something back it may be left out.',
    optional: true,
    min: 10,
    max: 10,
    pattern: versionPattern,
  })
  version?: string;
}

export class ChangeConsentsRequest {
  @NestedListField({
    description: 'All of them are recorded, or none. What is left out stays.',
    of: ConsentChoice,
    min: 1,
    max: consentPurposes.length,
    uniqueBy: 'purpose',
    example: [{ purpose: 'external_ai', given: true, version: externalAiConsent.version }],
  })
  consents!: ConsentChoice[];
}

export class DoNotSellRequest {
  @FlagField({ description: 'true: you object to the sale and the sharing of your data.', example: true })
  do_not_sell!: boolean;
}

export class DoNotSellResponse {
  @FlagProperty() do_not_sell!: boolean;
  @ChoiceProperty(sources, {
    description: 'signal: your browser said so (Global Privacy Control).',
    nullable: true,
  })
  source!: (typeof sources)[number] | null;
  @MomentProperty({ nullable: true, description: 'null: you never decided.' }) decided_at!: string | null;
}

export class PrivacyChoiceResponse {
  @TextProperty({ max: 40, pattern: '^[a-z_]+$' }) purpose!: string;
  @FlagProperty({ description: 'Agreed, read or objected; false: no longer.' }) chosen!: boolean;
  @TextProperty({ max: 10, pattern: versionPattern }) version!: string;
  @TextProperty({ max: 64, pattern: hashPattern }) text_sha256!: string;
  @ChoiceProperty(sources) source!: (typeof sources)[number];
  @MomentProperty() decided_at!: string;
}

export class PrivacyChoicesResponse {
  @ListProperty(PrivacyChoiceResponse, { max: 200 }) data!: PrivacyChoiceResponse[];
}
