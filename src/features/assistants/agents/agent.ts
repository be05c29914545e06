/** What a version of an agent is. */
export interface AgentSettings {
  readonly description: string;
  readonly systemPrompt: string;
  /** Null: the configured model. */
  readonly model: string | null;
  /** 0 to 2, or null for the provider's default. */
  readonly temperature: number | null;
  readonly maxOutputTokens: number;
  readonly thinking: 'off' | 'low' | 'medium' | 'high';
  /** Stands before the first answer of a conversation; null: nothing does. */
  readonly disclosure: string | null;
  /** Whether visitors of a site may ask it, besides signed-in people. */
  readonly isPublic: boolean;
  /** Of pages that may ask it; none: of all of CORS_ORIGINS. */
  readonly origins: readonly string[];
  /** Whether an answer in the chat has the values back that were replaced in its question. */
  readonly restoresPersonalData: boolean;
  /** Micro-dollars that it may cost a day; null: no cap of its own. */
  readonly dailyCap: number | null;
}

/** What answers the next message. */
export interface PublishedAgent extends AgentSettings {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  readonly version: number;
}

/** An agent as administrators see it. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** Null: nobody can ask it. */
  readonly publishedVersion: number | null;
  readonly lastVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface AgentVersion extends AgentSettings {
  readonly version: number;
  readonly createdAt: Date;
  /** Null: the draft. */
  readonly publishedAt: Date | null;
}
