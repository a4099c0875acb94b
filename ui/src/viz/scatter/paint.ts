/** Points drawn by WebGL2: positions are uploaded once, colours apart from them. */
import type { Camera, Size } from './plane';

const vertex = `#version 300 es
in vec2 place;
in vec4 colour;
uniform vec2 middle;
uniform vec2 scale;
uniform float size;
out vec4 tint;
void main() {
  gl_Position = vec4((place - middle) * scale, 0.0, 1.0);
  gl_PointSize = size;
  tint = colour;
}`;

const fragment = `#version 300 es
precision mediump float;
in vec4 tint;
out vec4 pixel;
void main() {
  if (length(gl_PointCoord - 0.5) > 0.5) discard;
  pixel = vec4(tint.rgb * tint.a, tint.a);
}`;

/** How many points are drawn while the view moves; all of them follow when it rests. */
export const moving = 200_000;

export class Painter {
  private gl: WebGL2RenderingContext;
  private program: WebGLProgram;
  private places: WebGLBuffer;
  private colours: WebGLBuffer;
  private order: WebGLBuffer;
  private some: WebGLBuffer;
  private count = 0;
  private few = 0;

  /** It throws where the browser has no WebGL2. */
  constructor(canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', {
      antialias: false,
      premultipliedAlpha: true,
      preserveDrawingBuffer: true,
    });
    if (!gl) throw new Error('This browser has no WebGL2, which draws the map.');
    this.gl = gl;
    this.program = linked(gl);
    [this.places, this.colours, this.order, this.some] = Array.from({ length: 4 }, () => gl.createBuffer()!);
    gl.useProgram(this.program);
    this.attribute('place', this.places, 2, gl.FLOAT, false);
    this.attribute('colour', this.colours, 4, gl.UNSIGNED_BYTE, true);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  private attribute(
    name: string,
    buffer: WebGLBuffer,
    size: number,
    type: number,
    normalised: boolean,
  ): void {
    const { gl } = this;
    const at = gl.getAttribLocation(this.program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, normalised, 0, 0);
  }

  place(xy: Float32Array): void {
    this.fill(this.gl.ARRAY_BUFFER, this.places, xy);
  }

  /** paint gives the points colours, four bytes each, and the order in which they cover one another. */
  paint(colours: Uint8Array, order: Uint32Array): void {
    const { gl } = this;
    this.fill(gl.ARRAY_BUFFER, this.colours, colours);
    this.fill(gl.ELEMENT_ARRAY_BUFFER, this.order, order);
    const step = Math.max(1, Math.ceil(order.length / moving));
    const some = step > 1 ? order.filter((_, i) => i % step === 0) : order;
    this.fill(gl.ELEMENT_ARRAY_BUFFER, this.some, some);
    this.count = order.length;
    this.few = some.length;
  }

  private fill(target: number, buffer: WebGLBuffer, data: AllowSharedBufferSource): void {
    this.gl.bindBuffer(target, buffer);
    this.gl.bufferData(target, data, this.gl.STATIC_DRAW);
  }

  /** draw draws all points, or while the view moves some of them; sizes are in CSS pixels. */
  draw(c: Camera, size: Size, point: number, ratio: number, moves: boolean): void {
    const { gl } = this;
    gl.viewport(0, 0, size.width * ratio, size.height * ratio);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const set = (name: string) => gl.getUniformLocation(this.program, name);
    gl.uniform2f(set('middle'), c.x, c.y);
    gl.uniform2f(set('scale'), (2 * c.scale) / size.width, (2 * c.scale) / size.height);
    gl.uniform1f(set('size'), Math.max(1, point * ratio));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, moves ? this.some : this.order);
    gl.drawElements(gl.POINTS, moves ? this.few : this.count, gl.UNSIGNED_INT, 0);
  }
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram()!;
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS))
    throw new Error(`The map cannot be drawn: ${gl.getProgramInfoLog(program)}`);
  return program;
}
