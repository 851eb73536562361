import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'

interface ItemOptions {
  id?: string
  label?: string
  role?: string
  type?: 'normal' | 'separator' | 'submenu' | 'checkbox' | 'radio'
  enabled?: boolean
  visible?: boolean
  checked?: boolean
  accelerator?: string
  submenu?: ItemOptions[] | Menu
  click?: (item: MenuItem, window: BrowserWindow | null, event: object) => void
}

export class MenuItem {
  readonly id: string | undefined
  readonly role: string | undefined
  readonly type: NonNullable<ItemOptions['type']>
  readonly accelerator: string | undefined
  readonly submenu: Menu | undefined
  label: string
  enabled: boolean
  visible: boolean
  checked: boolean
  readonly #onClick: ItemOptions['click']

  constructor(options: ItemOptions) {
    this.id = options.id
    this.role = options.role
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal')
    this.accelerator = options.accelerator
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : options.submenu
    this.label = options.label ?? options.role ?? ''
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.#onClick = options.click
  }

  click(event: object = {}, window: BrowserWindow | null = BrowserWindow.getFocusedWindow()): void {
    if (this.type === 'checkbox') this.checked = !this.checked
    switch (this.role) {
      case undefined:
        this.#onClick?.(this, window, event)
        break
      case 'quit':
        app.quit()
        break
      case 'close':
        window?.close()
        break
      default:
        throw new Error(`test host: the menu role ${this.role} does nothing`)
    }
  }
}

export class Menu {
  static #ofApplication: Menu | null = null
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: readonly (ItemOptions | MenuItem)[]): Menu {
    const menu = new Menu()
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item))
    return menu
  }

  static setApplicationMenu(menu: Menu | null): void {
    Menu.#ofApplication = menu
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#ofApplication
  }

  append(item: MenuItem): void {
    this.items.push(item)
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }
}
