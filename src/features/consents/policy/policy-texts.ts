import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { sha256 } from '../../../crypto/hash.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { policyVersions } from './policy-versions.js';
import { filledPolicy, policyMarkdown, type PrivacyPolicy } from './privacy-policy.js';

export interface PolicyText {
  readonly policy: PrivacyPolicy;
  readonly markdown: string;
  /** SHA-256 of the Markdown, 32 bytes. */
  readonly hash: Buffer;
}

/** The versions of the privacy policy as this operator shows them. */
@Injectable()
export class PolicyTexts {
  private readonly texts = new Map<string, PolicyText>();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'privacy' | 'audit'>,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** The latest first. */
  get versions(): readonly string[] {
    return policyVersions.map(({ version }) => version);
  }

  /** `version`: null for the latest. Null where there was none of this name. */
  find(version: string | null): PolicyText | null {
    const [latest] = policyVersions;
    const policy = version === null ? latest : policyVersions.find((one) => one.version === version);
    if (policy === undefined) return null;
    const known = this.texts.get(policy.version);
    if (known !== undefined) return known;
    const filled = filledPolicy(policy, this.names());
    const markdown = policyMarkdown(filled);
    const text = { policy: filled, markdown, hash: sha256(markdown) };
    this.texts.set(policy.version, text);
    return text;
  }

  private names(): Record<string, string> {
    const address = this.publicUrl.get();
    const { controller, contact } = this.config.privacy;
    return {
      address,
      auditdays: String(this.config.audit.retentionDays),
      controller: controller ?? `The operator of ${address}`,
      contact: contact ?? 'the operator, by the way in which the service is offered to you',
    };
  }
}
