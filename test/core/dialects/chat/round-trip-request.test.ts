import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'

/** Chat bodies that must come back as they were, for a model of which nothing is known. */
const held: [string, object][] = [
  ['plain text', {}],
  [
    'instructions',
    {
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'U', name: 'ann' },
      ],
    },
  ],
  [
    'media',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'T' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
            { type: 'image_url', image_url: { url: 'https://a.example/x' } },
            { type: 'file', file: { file_data: 'data:text/plain;base64,QQ==', filename: 'a.txt' } },
            { type: 'file', file: { file_id: 'file-1' } },
            { type: 'input_audio', input_audio: { data: 'QQ==', format: 'mp3' } },
            { type: 'video_url', video_url: { url: 'x' } },
          ],
        },
      ],
    },
  ],
  [
    'calls, results and reasoning',
    {
      messages: [
        { role: 'user', content: 'U' },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm.',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x": 1}' } },
            { id: 'b', type: 'custom', custom: { name: 'p', input: 'free' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'ok' },
        {
          role: 'tool',
          tool_call_id: 'b',
          content: [
            { type: 'text', text: 'x' },
            { type: 'text', text: 'y' },
          ],
        },
        { role: 'assistant', content: null, refusal: 'No.' },
        { role: 'assistant', content: '' },
      ],
    },
  ],
  [
    'parameters',
    {
      max_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      top_k: 4,
      stop: ['a', 'b'],
      seed: 1,
      n: 2,
      presence_penalty: 1,
      frequency_penalty: 0,
      logit_bias: { '1': 2 },
      logprobs: true,
      top_logprobs: 2,
      user: 'u'.repeat(80),
      metadata: { a: 'b' },
      service_tier: 'auto',
      reasoning_effort: 'minimal',
      verbosity: 'low',
      prompt_cache_key: 'k',
      prediction: { type: 'content', content: 'x' },
      store: false,
    },
  ],
  [
    'tools and formats',
    {
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
        {
          type: 'custom',
          custom: { name: 'p', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
        },
        { type: 'web_search' },
      ],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'auto',
          tools: [
            { type: 'function', function: { name: 'f' } },
            { type: 'custom', custom: { name: 'p' } },
          ],
        },
      },
      parallel_tool_calls: true,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
      },
    },
  ],
]

describe('Chat to hub to Chat', () => {
  it.each(held)('keeps %s', (_, fields) => {
    const body = { model: 'dep', messages: [{ role: 'user', content: 'Hi' }], ...fields }
    const { request } = chat.decodeRequest(body)
    const encoded = chat.encodeRequest(request, {
      deployment: 'dep',
      profile: profileOf('unknown-model'),
      stream: false,
    })
    expect(encoded.body).toEqual(body)
    expect(encoded.losses).toEqual([])
  })

  it('asks for usage in every stream and keeps the other stream options', () => {
    const { request } = chat.decodeRequest({
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
      stream_options: { include_obfuscation: false },
    })
    const encoded = chat.encodeRequest(request, { deployment: 'dep', profile: profileOf('gpt-4o'), stream: true })
    expect(encoded.body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    })
    expect(request.includeUsage).toBe(false)
  })
})
