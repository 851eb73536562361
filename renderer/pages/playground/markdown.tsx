import { memo, useDeferredValue, useMemo, type ReactElement, type ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CopyButton } from '../../ui/copy.tsx'
import { closedMarkdown, markdownBlocks, openFence } from './markdown-blocks.ts'
import { useHighlighter } from './use-highlighter.ts'

const PLUGINS = [remarkGfm]

/**
 * A model's text. It is inert: HTML is left out, pictures are only named, and a link goes nowhere before it is clicked.
 */
export default function Markdown({ text, streaming }: { text: string; streaming: boolean }): ReactElement {
  // A burst of tokens is drawn when there is time for it; typing and scrolling come first.
  const shown = useDeferredValue(text)
  // While it grows only the last block changes; the others keep their elements.
  const blocks = useMemo(() => markdownBlocks(shown, streaming), [shown, streaming])
  return (
    <div className={streaming ? 'txt md growing' : 'txt md'}>
      {blocks.map((block, index) =>
        streaming && index === blocks.length - 1 ? (
          // oxlint-disable-next-line react/no-array-index-key -- blocks only ever grow at the end
          <GrowingBlock key={index} text={block} />
        ) : (
          // oxlint-disable-next-line react/no-array-index-key -- blocks only ever grow at the end
          <Block key={index} text={block} />
        ),
      )}
    </div>
  )
}

/** The end of a text that is still written. Code that has no end yet is shown as it comes, without being parsed. */
function GrowingBlock({ text }: { text: string }): ReactElement {
  const fence = openFence(text)
  if (fence === undefined) return <Block text={closedMarkdown(text)} />
  return (
    <>
      {fence.before.trim() !== '' && <Block text={fence.before} />}
      <CodeBox language={fence.language} text={fence.code}>
        {fence.code}
      </CodeBox>
    </>
  )
}

const HAS_CODE = /^ {0,3}(?:```|~~~)/m

const Block = memo(function Block({ text }: { text: string }): ReactElement {
  const highlighter = useHighlighter(HAS_CODE.test(text))
  return (
    <ReactMarkdown
      remarkPlugins={PLUGINS}
      rehypePlugins={highlighter}
      skipHtml
      urlTransform={webOnly}
      components={COMPONENTS}
    >
      {text}
    </ReactMarkdown>
  )
})

/** Only addresses of the web; everything else becomes text. */
function webOnly(url: string): string {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol) ? url : ''
}

const COMPONENTS: Components = {
  a: ({ href, children }) => <OutwardLink href={href}>{children}</OutwardLink>,
  // Even asking for a picture would tell its server that the answer was read.
  img: ({ alt, src }) => (
    <span className="inert-image">{`[picture${alt ? `: ${alt}` : ''}${src ? `, ${src}` : ''}]`}</span>
  ),
  pre: ({ children }) => <>{children}</>,
  code: ({ className, children }) => <Code className={className}>{children}</Code>,
  input: ({ checked }) => <span aria-hidden="true">{checked ? '☑ ' : '☐ '}</span>,
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="md-table" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
}

function OutwardLink({ href, children }: { href: string | undefined; children: ReactNode }): ReactElement {
  if (!href) return <span className="inert-link">{children}</span>
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}

function textOf(children: ReactNode): string {
  if (typeof children === 'string') return children
  if (Array.isArray(children)) return children.map((child: ReactNode) => textOf(child)).join('')
  if (typeof children === 'object' && children !== null && 'props' in children) {
    return textOf((children.props as { children?: ReactNode }).children)
  }
  return ''
}

/** A fenced block has a language or a line break; all else is code within a sentence. */
function Code({ className, children }: { className: string | undefined; children: ReactNode }): ReactElement {
  const text = textOf(children)
  const language = /language-(\S+)/.exec(className ?? '')?.[1]
  if (language === undefined && !text.includes('\n')) return <code className="mono">{text}</code>
  return (
    <CodeBox language={language} text={text}>
      {children}
    </CodeBox>
  )
}

interface CodeBoxProps {
  language: string | undefined
  /** What is copied. */
  text: string
  /** What is shown: the text, coloured or not. */
  children: ReactNode
}

function CodeBox({ language, text, children }: CodeBoxProps): ReactElement {
  return (
    <div className="codebox">
      <div className="codebox-head">
        <span className="f11 t3">{language ?? 'text'}</span>
        <span className="grow" />
        <CopyButton text={text.replace(/\n$/, '')} label="Copy code" words />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <pre className="code" tabIndex={0} aria-label="Code" role="group">
        {children}
      </pre>
    </div>
  )
}
