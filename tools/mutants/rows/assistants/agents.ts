import type { Mutant } from '../../mutant.ts';

const agents = 'src/features/assistants/agents';
const specs = ['test/journeys/agents.spec.ts'];

/** Agents: their versions, what they know, whom they answer, and what of them does not leave. */
export const agentMutants: readonly Mutant[] = [
  {
    title: 'a published version of an agent is changed in place',
    file: `${agents}/admin/admin-agents.service.ts`,
    find: 'if (latest.publishedAt === null) return latest.version;',
    replace: 'if (latest.version > 0) return latest.version;',
    specs,
    test: 'of which a published one is never changed',
  },
  {
    title: 'drafts of agents can be asked',
    file: `${agents}/agents.repository.ts`,
    find: "onRef('v.version', '=', 'a.published_version')",
    replace: "onRef('v.version', '=', 'a.last_version')",
    specs,
    test: 'drafts that nobody sees',
  },
  {
    title: 'going back leaves the knowledge of the later version',
    file: `${agents}/knowledge/knowledge.repository.ts`,
    find: 'and added_in <= ${version} and coalesce(removed_in > ${version}, true)',
    replace: 'and added_in <= 1000000 and removed_in is null',
    specs,
    test: 'go back with their knowledge',
  },
  {
    title: 'an agent that was taken away can be asked',
    file: `${agents}/agents.repository.ts`,
    find: ".where('a.archived_at', 'is', null);",
    replace: ';',
    specs,
    test: 'gone for everybody',
  },
  {
    title: 'a conversation changes its agent',
    file: 'src/features/assistants/chat/runs/chat.service.ts',
    find: "if (agentId !== null && agentId !== settled) throw new Problem('agent_settled');",
    replace: 'if (agentId !== null && agentId !== settled) return this.agents.choose(agentId, origin);',
    specs,
    test: 'stay together',
  },
  {
    title: 'an agent answers pages of any origin',
    file: `${agents}/agents.service.ts`,
    find: 'return origins.length === 0 ||',
    replace: 'return origins.length >= 0 ||',
    specs,
    test: 'answer pages of their origins alone',
  },
  {
    title: 'an agent may name an origin that CORS does not know',
    file: `${agents}/admin/admin-agents.service.ts`,
    find: 'if (!origins.every((origin) => this.config.corsOrigins.includes(origin)))',
    replace: 'if (origins.some((origin) => origin === this.config.corsOrigins.join()))',
    specs,
    test: 'an origin that CORS does not know',
  },
  {
    title: 'the disclosure stands before every answer',
    file: 'src/features/assistants/chat/runs/chat.service.ts',
    find: 'disclosure: isFirst ?',
    replace: 'disclosure: isFirst || agent !== null ?',
    specs,
    test: 'begin with the disclosure',
  },
  {
    title: 'an agent’s own cap is not asked',
    file: 'src/features/assistants/chat/runs/chat.service.ts',
    find: 'agent: agent === null ? null : { id: agent.id, dailyCap: agent.dailyCap },',
    replace: 'agent: agent === null ? null : { id: agent.id, dailyCap: null },',
    specs,
    test: 'own cap',
  },
  {
    title: 'answers of agents tell their instructions',
    file: 'src/features/assistants/chat/runs/answer-writer.ts',
    find: 'const shown = prompt === null ? parts : withoutPrompt(parts, prompt, onLeak);',
    replace: 'const shown = prompt === null || model !== "" ? parts : withoutPrompt(parts, prompt, onLeak);',
    specs,
    test: 'known tricks',
  },
  {
    title: 'an answer that tells its instructions is paid to its end',
    file: `${agents}/without-prompt.ts`,
    find: '      return;\n',
    replace: '      continue;\n',
    specs,
    test: 'the call ends',
  },
];
