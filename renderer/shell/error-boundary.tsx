import { Component, type ErrorInfo, type ReactNode } from 'react'
import { Button } from '../ui/button.tsx'

interface Props {
  /** Name of the page that may fail. */
  name: string
  children: ReactNode
}

/** A page that breaks says so in its own place; the rest of the window goes on. */
export class ErrorBoundary extends Component<Props, { error?: Error | undefined }> {
  override state: { error?: Error | undefined } = {}

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return (
      <>
        <header className="toolbar">
          <h1>{this.props.name}</h1>
        </header>
        <div className="centre">
          <div className="empty" role="alert">
            <h2>This page broke</h2>
            <p>Serving and recording go on. The error was: {error.message}</p>
            <div className="row after-text">
              <Button onClick={() => this.setState({ error: undefined })}>Show the page again</Button>
            </div>
          </div>
        </div>
      </>
    )
  }
}
