/** The agent of the embedded default: it shows what agents are, and answers questions about this service from its knowledge. */
export const guideAgent = {
  id: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa100',
  name: 'Guide',
  description: 'Answers questions about Velro from what it knows.',
  systemPrompt:
    'You answer questions about Velro, a backend for pictures, videos and assistants, briefly and in the language of the question. Answer from the knowledge that you are given, and say so when it holds nothing about the question.',
  disclosure: 'You are talking to an AI system.',
  knowledge: [
    {
      title: 'Credits',
      text: 'Generations are paid with credits. A credit is reserved when a generation is accepted, spent when it is completed, and given back when it fails or is cancelled. GET /api/v1/credits/balance shows what can be spent.',
    },
    {
      title: 'Pictures and videos',
      text: 'POST /api/v1/generations orders a picture or a video; GET /api/v1/models lists the models with their prices. Progress comes by GET /api/v1/generations/{id}/events, and results are kept in private storage behind signed links.',
    },
    {
      title: 'API keys',
      text: 'Programs use API keys instead of access tokens: POST /api/v1/api-keys makes one with its scopes, its addresses and its end. A key is shown once, can be rotated with an overlap, and may have limits of credits and money.',
    },
    {
      title: 'Kill switch',
      text: 'The operator switches all AI providers off and on with POST /ops/ai/toggle. From then on no provider is called by any instance, also after a restart.',
    },
    {
      title: 'Agents',
      text: 'An agent answers from its own instructions and knowledge. Administrators create, try out, publish and roll back agents with /api/v1/admin/agents; people ask one by agent_id in POST /api/v1/chat.',
    },
  ],
} as const;
