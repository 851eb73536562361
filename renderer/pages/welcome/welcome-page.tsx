import { useEffect, useRef, type ReactElement } from 'react'
import { go, parseRoute } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { duration } from '../../ui/format.ts'
import { Icon, Mark } from '../../ui/icons.tsx'
import '../models/models.css'
import { ChatStep } from './chat-step.tsx'
import { ConnectStep } from './connect-step.tsx'
import { ToolStep } from './tool-step.tsx'
import { useFirstSteps, type FirstSteps } from './use-first-steps.ts'
import './welcome.css'

const STEPS = ['connect', 'chat', 'tool'] as const
type Step = (typeof STEPS)[number]

/** The first run: three steps, each ending with something that really happened. `step`: of the address. */
export default function WelcomePage({ step: asked }: { step: string | undefined }): ReactElement {
  const { console, live } = useServices()
  const steps = useFirstSteps()
  const step = STEPS.find((one) => one === asked) ?? 'connect'
  // With an address of its own it stays when the first choice ends the first run.
  useEffect(() => {
    // Not over a click that was quicker than this effect.
    const { page = 'welcome' } = parseRoute(location.hash)
    if (asked === undefined && page === 'welcome') go('welcome', 'connect', true)
  }, [asked])
  const content = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In braces: newer browsers give a promise, which is no way to clean up.
    content.current?.scrollTo(0, 0)
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- once for each step
  }, [step])
  const finish = (): void => {
    // Whoever has been through is not met with it again; where nothing was connected the simulator serves.
    // oxlint-disable-next-line react/hooks -- a procedure of the console, not a hook
    if (steps.connection === undefined) void console.app.useSimulator().then(live.refresh, () => undefined)
    go(steps.chatted === undefined ? 'playground' : 'traffic')
  }
  return (
    <div className="ob">
      <div className="ob-l">
        <Mark />
        <h1>Welcome to Lazuli</h1>
        <p>Your Azure models, served to every tool on this computer, with every byte in view.</p>
        <ol className="ob-steps" aria-label="First steps">
          {summaries(steps).map(({ id, title, text, done }, index) => (
            <li key={id}>
              <button type="button" aria-current={id === step ? 'step' : undefined} onClick={() => go('welcome', id)}>
                <span className={done ? 'ob-no done' : 'ob-no'}>
                  {done ? <Icon name="check" size={14} /> : index + 1}
                </span>
                <span className="med">
                  {title}
                  {done && <span className="sr">, done</span>}
                </span>
                <span className="ob-sum">{text}</span>
              </button>
            </li>
          ))}
        </ol>
        <span className="grow" />
        <p className="hint">Everything stays on this computer: keys in the system keychain, traffic in a local file.</p>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="ob-r" tabIndex={0} role="group" aria-label="This step" ref={content}>
        {step === 'connect' && <ConnectStep steps={steps} onNext={() => go('welcome', 'chat')} />}
        {step === 'chat' && (
          <ChatStep steps={steps} onBack={() => go('welcome', 'connect')} onNext={() => go('welcome', 'tool')} />
        )}
        {step === 'tool' && <ToolStep steps={steps} onBack={() => go('welcome', 'chat')} onNext={finish} />}
      </div>
    </div>
  )
}

function summaries({ connection, chatted, tools, called }: FirstSteps): {
  id: Step
  title: string
  text: string
  done: boolean
}[] {
  const result = connection?.result
  const found = tools.filter(({ found, kind }) => found && kind === 'program')
  return [
    {
      id: 'connect',
      title: 'Connect Azure',
      text:
        connection === undefined
          ? 'or try it with the simulator'
          : result === undefined
            ? `asking ${connection.name}…`
            : result.ok
              ? `${connection.name} answered in ${duration(result.ms)}`
              : `${connection.name} did not answer`,
      done: result?.ok === true,
    },
    {
      id: 'chat',
      title: 'Pick a deployment',
      text: chatted === undefined ? 'and see its first answer' : `${chatted.model} answered`,
      done: chatted !== undefined,
    },
    {
      id: 'tool',
      title: 'Connect a tool',
      text:
        called !== undefined
          ? `${called.name} talks through Lazuli`
          : found.length === 0
            ? 'and see its first request'
            : `${found
                .slice(0, 2)
                .map(({ name }) => name)
                .join(', ')}${found.length > 2 ? ` and ${found.length - 2} more` : ''} found`,
      done: called !== undefined,
    },
  ]
}
