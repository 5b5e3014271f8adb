/** Domains that hand out mailboxes to anybody. */
declare module 'email-providers' {
  const domains: string[]
  export default domains
}
