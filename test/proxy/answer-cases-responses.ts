/** What the Responses API answers beyond plain text: one body per feature. */
import {
  WORDS,
  LONG,
  FILTERS,
  response,
  responseStream,
  numbered,
  itemEvents,
  outputText,
  messageItem,
  callItem,
  reasoningItem,
} from './answer-bodies.ts'
import type { Fields, Case } from './answer-bodies.ts'

const CITED = { type: 'url_citation', url: 'https://a.test/x', title: 'A page', start_index: 0, end_index: 4 }
const IMAGE_CALL = { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'iVBORw0KGgo=' }
const HOSTED: readonly Fields[] = [
  { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
  { id: 'fs_1', type: 'file_search_call', status: 'completed', queries: ['x'], results: null },
  { id: 'ci_1', type: 'code_interpreter_call', status: 'completed', code: '1', container_id: 'c', outputs: [] },
  IMAGE_CALL,
  { id: 'mcpl_1', type: 'mcp_list_tools', server_label: 's', tools: [] },
  { id: 'mcp_1', type: 'mcp_call', server_label: 's', name: 'x', arguments: '{}', output: 'y' },
  { id: 'mcpr_1', type: 'mcp_approval_request', server_label: 's', name: 'x', arguments: '{}' },
  {
    id: 'cu_1',
    type: 'computer_call',
    call_id: 'c1',
    status: 'completed',
    action: { type: 'wait' },
    pending_safety_checks: [],
  },
  {
    id: 'ls_1',
    type: 'local_shell_call',
    call_id: 'c2',
    status: 'completed',
    action: { type: 'exec', command: ['ls'], env: {} },
  },
]
const FILE_CITATIONS: readonly Fields[] = [
  { type: 'file_citation', file_id: 'f', filename: 'a.txt', index: 3 },
  { type: 'container_file_citation', file_id: 'f', container_id: 'c', filename: 'a', start_index: 0, end_index: 1 },
  { type: 'file_path', file_id: 'f', index: 1 },
]
const LATE_CALL = callItem('fc_1', 'call_a', 'read', '{"p":1}')

export const responsesCases: readonly Case[] = [
  ['unicode', responseStream([messageItem('msg_1', outputText(WORDS))])],
  ['the same whole', response([messageItem('msg_1', outputText(WORDS))])],
  [
    'several summaries, then parallel calls',
    responseStream([
      reasoningItem('rs_1', 'SEALED+/=', '**One**\n\nFirst.', '**Two**\n\nSecond.'),
      callItem('fc_1', 'call_a', 'read', '{"p":1}'),
      callItem('fc_2', 'call_b', 'write', LONG),
    ]),
  ],
  [
    'a sealed thought without words',
    responseStream([reasoningItem('rs_1', 'SEALED'), messageItem('msg_1', outputText('Hi'))]),
  ],
  [
    'a thought that is not sealed',
    responseStream([reasoningItem('rs_1', undefined, 'Hm.'), messageItem('msg_1', outputText('Hi'))]),
  ],
  [
    'two thoughts around a call, whole',
    response([
      reasoningItem('rs_1', 'S1', 'One.'),
      callItem('fc_1', 'call_a', 'read', '{}'),
      reasoningItem('rs_2', 'S2', 'Two.'),
      messageItem('msg_1', outputText('Hi')),
    ]),
  ],
  [
    'open thoughts',
    response([
      { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      messageItem('msg_1', outputText('Hi')),
    ]),
  ],
  [
    'arguments only when they are done',
    numbered([
      { type: 'response.created', response: response([], { status: 'in_progress' }) },
      { type: 'response.output_item.added', output_index: 0, item: { ...LATE_CALL, arguments: '' } },
      { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'fc_1', arguments: '{"p":1}' },
      { type: 'response.output_item.done', output_index: 0, item: LATE_CALL },
      { type: 'response.completed', response: response([LATE_CALL]) },
    ]),
  ],
  [
    'nothing but the end',
    numbered([
      { type: 'response.created', response: response([], { status: 'in_progress' }) },
      { type: 'response.completed', response: response([reasoningItem('rs_1', 'S', 'Hm.'), LATE_CALL]) },
    ]),
  ],
  [
    'other ids in each event',
    numbered([
      { type: 'response.created', response: response([], { status: 'in_progress' }) },
      ...itemEvents(reasoningItem('rs_a', 'S', 'Hm.'), 0),
      ...itemEvents(messageItem('msg_a', outputText('Hi.')), 1),
      {
        type: 'response.completed',
        response: response([reasoningItem('rs_b', 'S', 'Hm.'), messageItem('msg_b', outputText('Hi.'))]),
      },
    ]),
  ],
  ['a call without arguments', responseStream([callItem('fc_1', 'call_a', 'read', '{}')])],
  [
    'a free-text call',
    responseStream([
      {
        id: 'ctc_1',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'call_a',
        name: 'patch',
        input: '*** Begin\n"x" 🙂\n',
      },
    ]),
  ],
  [
    'text, a call, text',
    responseStream([
      messageItem('msg_1', outputText('Before. ')),
      LATE_CALL,
      messageItem('msg_2', outputText('After.')),
    ]),
  ],
  [
    'a commentary and an answer',
    responseStream([
      { ...messageItem('msg_1', outputText('I look. ')), phase: 'commentary' },
      { ...messageItem('msg_2', outputText('Found.')), phase: 'final_answer' },
    ]),
  ],
  ['a refusal', responseStream([messageItem('msg_1', { type: 'refusal', refusal: "I can't do that." })])],
  [
    'text and a refusal, whole',
    response([messageItem('msg_1', outputText('Well. '), { type: 'refusal', refusal: 'No.' })]),
  ],
  [
    'an answer that was too long',
    responseStream([{ ...messageItem('msg_1', outputText('It is')), status: 'incomplete' }], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
  ],
  [
    'only thoughts, then no room',
    response([reasoningItem('rs_1', 'S', 'Hm.')], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
  ],
  [
    'a filtered answer with partial text',
    responseStream([messageItem('msg_1', outputText('It began'))], {
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      content_filters: [{ blocked: true, source_type: 'completion', content_filter_results: FILTERS }],
    }),
  ],
  ['web citations', responseStream([HOSTED[0]!, messageItem('msg_1', outputText('It is so.', [CITED]))])],
  [
    'citations of files',
    responseStream([HOSTED[1]!, messageItem('msg_1', outputText('It is so.', [...FILE_CITATIONS]))]),
  ],
  [
    'citations only at the end',
    numbered([
      { type: 'response.created', response: response([], { status: 'in_progress' }) },
      ...itemEvents(messageItem('msg_1', outputText('It is so.')), 0).slice(0, -2),
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: messageItem('msg_1', outputText('It is so.', [CITED])),
      },
      { type: 'response.completed', response: response([messageItem('msg_1', outputText('It is so.', [CITED]))]) },
    ]),
  ],
  ...HOSTED.map((item): Case => [
    `${String(item['type'])} beside text`,
    responseStream([item, messageItem('msg_1', outputText('Done.'))]),
  ]),
  ['all hosted steps, whole', response([...HOSTED, messageItem('msg_1', outputText('Done.'))])],
  ['no usage', response([messageItem('msg_1', outputText('Hi'))], { usage: null })],
  [
    'null details of usage',
    response([messageItem('msg_1', outputText('Hi'))], {
      usage: { ...responseUsageOf(), input_tokens_details: null, output_tokens_details: null },
    }),
  ],
  ['no output', response([])],
  ['a message without content', responseStream([messageItem('msg_1')])],
  ['another tier', response([messageItem('msg_1', outputText('Hi'))], { service_tier: 'priority', background: false })],
]

function responseUsageOf(): Fields {
  return { input_tokens: 3, output_tokens: 4, total_tokens: 7 }
}
