export type Priority = 'low' | 'medium' | 'high'
