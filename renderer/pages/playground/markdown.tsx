import { memo, useMemo, type ReactElement, type ReactNode } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CopyButton } from '../../ui/copy.tsx'
import { markdownBlocks } from './markdown-blocks.ts'

const PLUGINS = [remarkGfm]

/**
 * A model's text. It is inert: HTML is left out, pictures are only named, and a link goes nowhere before it is clicked.
 */
export default function Markdown({ text, streaming }: { text: string; streaming: boolean }): ReactElement {
  // While it grows only the last block changes; the others keep their elements.
  const blocks = useMemo(() => markdownBlocks(text), [text])
  return (
    <div className={streaming ? 'txt md growing' : 'txt md'}>
      {blocks.map((block, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- blocks only ever grow at the end
        <Block key={index} text={block} />
      ))}
    </div>
  )
}

const Block = memo(function Block({ text }: { text: string }): ReactElement {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} skipHtml urlTransform={webOnly} components={COMPONENTS}>
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
    <div className="md-table" tabIndex={0} role="region" aria-label="Table">
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
  return Array.isArray(children) ? children.map((child: ReactNode) => textOf(child)).join('') : ''
}

/** A fenced block has a language or a line break; all else is code within a sentence. */
function Code({ className, children }: { className: string | undefined; children: ReactNode }): ReactElement {
  const text = textOf(children)
  const language = /language-(\S+)/.exec(className ?? '')?.[1]
  if (language === undefined && !text.includes('\n')) return <code className="mono">{text}</code>
  return (
    <div className="codebox">
      <header>
        <span className="f11 t3">{language ?? 'text'}</span>
        <span className="grow" />
        <CopyButton text={text} label="Copy code" words />
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <pre className="code" tabIndex={0} aria-label="Code" role="region">
        {text.replace(/\n$/, '')}
      </pre>
    </div>
  )
}
