export default function HD() { return null; }
