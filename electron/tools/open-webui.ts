import { environmentSnippets, MAIN_MODEL, type Tool } from './tool.ts'

/** Open WebUI: variables of its server. In a container the loopback of this machine is out of its reach. */
export const openWebUi: Tool = {
  id: 'open-webui',
  name: 'Open WebUI',
  mark: 'OW',
  speaks: 'Chat',
  kind: 'program',
  way: 'snippet',
  about: 'A web program of its own, mostly in Docker. It asks for /v1/models and lists every name.',
  commands: ['open-webui'],
  clients: /^Open WebUI$/,
  where: 'environment of its server',
  roles: [MAIN_MODEL],
  snippets({ baseUrl, key }) {
    const port = new URL(baseUrl).port || '80'
    return [
      {
        title: 'Docker',
        language: 'sh',
        text: [
          'docker run -d -p 3000:8080 --add-host=host.docker.internal:host-gateway \\',
          `  -e OPENAI_API_BASE_URL=http://host.docker.internal:${port}/v1 \\`,
          `  -e OPENAI_API_KEY=${key} \\`,
          '  -v open-webui:/app/backend/data --name open-webui ghcr.io/open-webui/open-webui:main\n',
        ].join('\n'),
      },
      ...environmentSnippets({ OPENAI_API_BASE_URL: `${baseUrl}/v1`, OPENAI_API_KEY: key }),
    ]
  },
  notes: () => [
    'From a container Lazuli must listen beyond loopback (server.host 0.0.0.0 with a local key) and know the name: server.hosts: [host.docker.internal].',
  ],
}
