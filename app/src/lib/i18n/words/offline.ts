// Installing the app, and being without a network: every sentence in both languages.

export const en = {
  'offline.nothing_sent': 'Not connected: nothing was sent. Try again when Jiahe can be reached.',
  'update.there': 'A new version of the app is here.',
  'update.now': 'Update',
  'install.title': 'On the home screen',
  'install.lead': 'Installed, the app opens at once, also without a network.',
  'install.now': 'Install',
  'install.done': 'The app is installed.',
  'install.ios': 'In Safari: tap Share, then “Add to Home Screen”.',
  'install.menu': 'In the browser’s menu, choose “Install app” or “Add to home screen”.',
  'install.insecure': 'At this address a browser neither installs the app nor keeps it for times without a network. The secure address can.',
  'install.secure': 'To the secure address',
} as const;

export const zh: Record<keyof typeof en, string> = {
  'offline.nothing_sent': '未连接，没有发送任何操作。请在能连上家和后再试。',
  'update.there': '应用有新版本。',
  'update.now': '更新',
  'install.title': '添加到主屏幕',
  'install.lead': '安装后可立即打开，没有网络时也能用。',
  'install.now': '安装',
  'install.done': '应用已安装。',
  'install.ios': '在 Safari 中点“分享”，再点“添加到主屏幕”。',
  'install.menu': '在浏览器菜单中选择“安装应用”或“添加到主屏幕”。',
  'install.insecure': '在这个地址，浏览器不能安装应用，也不能在断网时打开。请使用安全地址。',
  'install.secure': '前往安全地址',
};
