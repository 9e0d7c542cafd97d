import { mediaOf, nameOf } from '../../../net/web/src/session/files'

describe('files with homework', () => {
  it('are known by the endings that the journal takes', () => {
    expect(mediaOf('Задание 5.PDF')).toBe('application/pdf')
    expect(mediaOf('photo.jpeg')).toBe('image/jpeg')
    for (const name of ['page.html', 'run.exe', 'picture.svg', 'pdf', 'a.pdf.zip', '']) expect(mediaOf(name)).toBe(null)
  })

  it('have names that folders can hold', () => {
    expect(nameOf('../../etc/passwd.txt')).toBe('.. .. etc passwd.txt')
    expect(nameOf('Задание: «5»?.pdf')).toBe('Задание «5» .pdf')
    expect(nameOf('я'.repeat(300)).length).toBe(90)
  })
})
