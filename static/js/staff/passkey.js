// The two ceremonies of a passkey. The server says what to ask of the device, and judges its answer.

export const works = Boolean(window.PublicKeyCredential && navigator.credentials);

const WORDS = {
  NotAllowedError: "Nothing happened yet. Try again, or go the other way below.",
  InvalidStateError: "This device has a passkey for you already.",
  credential_not_found: "That passkey is not known here. Try another one, or your password.",
  credential_user_mismatch: "That passkey is someone else’s.",
  offline: "The site cannot be reached just now. Try again.",
};
const OTHERWISE = "That did not work. Try again, or go the other way below.";

class Refused extends Error {
  constructor(code) {
    super(code);
    this.name = code;
  }
}

export function words(error) {
  return WORDS[error.name] ?? OTHERWISE;
}

export function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function post(url, token, body = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  if (!answer) throw new Refused("offline");
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(said.code ?? "refused");
  return said;
}

function known(credentials = []) {
  return credentials.map((one) => ({ ...one, id: bytes(one.id) }));
}

function answered(credential, parts) {
  const response = Object.fromEntries(
    parts.filter((part) => credential.response[part]).map((part) => [part, text(credential.response[part])]),
  );
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

// Proves who is there. Returns what the server says.
export async function prove({ begin, complete, token, ...how }) {
  const asked = await post(begin, token);
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey, ...how });
  return post(complete, token, answered(credential, ["clientDataJSON", "authenticatorData", "signature", "userHandle"]));
}

// A new passkey on this device.
export async function make({ begin, complete, token, name }) {
  const asked = await post(begin, token);
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  };
  const credential = await navigator.credentials.create({ publicKey });
  const answer = answered(credential, ["clientDataJSON", "attestationObject"]);
  answer.response.transports = credential.response.getTransports?.() ?? [];
  return post(complete, token, { ...answer, name });
}
