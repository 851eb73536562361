import type { ReactElement } from 'react'
import { failureOf } from '../../console.ts'
import { useLive, useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { Copied, useCopy } from '../../ui/copy.tsx'
import { useNotice } from '../../ui/notice.tsx'

/** Copies what any tool that is not in the list wants to know: the address and the key. */
export function CopyAddress(): ReactElement {
  const { console } = useServices()
  const info = useLive((state) => state.info)
  const { notify } = useNotice()
  const { copied, copy } = useCopy()
  const onClick = async (): Promise<void> => {
    if (info === undefined) return
    const address = `${info.baseUrl}/v1`
    if (info.auth === 'open') {
      copy(address)
      return
    }
    try {
      const { token } = await console.settings.revealToken()
      copy(`${address}\n${token}`)
    } catch (error) {
      notify(failureOf(error).message)
    }
  }
  return (
    <>
      <Button
        look="ghost"
        icon={copied ? 'check' : 'copy'}
        onClick={() => void onClick()}
        title="Copy base URL and key"
      >
        <span className="tool-wide">Base URL and key for another tool</span>
        <span className="tool-narrow">URL and key</span>
      </Button>
      <Copied when={copied} />
    </>
  )
}
