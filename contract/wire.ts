/** The two Electron channels that everything goes through: questions of the page, and what main tells unasked. */
export const askChannel = 'companion:ask';
export const eventChannel = 'companion:event';
