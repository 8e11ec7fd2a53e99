export default function CB() { return null; }
